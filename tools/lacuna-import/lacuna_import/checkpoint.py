# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Names in the IR and names in the checkpoint: the parameters file.

Only the headers of safetensors files are read. A weight that is not in the
checkpoint under its own name is there under the name of one that it is tied
to, under an older name, or in parts.
"""
import glob
import json
import os
import struct

from .errors import ImportFailure

LARGEST_HEADER = 100 << 20


def find_files(folder):
    """The safetensors files of a folder; an index, where there is one, says
    which belong to the model."""
    index = os.path.join(folder, "model.safetensors.index.json")
    if os.path.isfile(index):
        with open(index, encoding="utf-8") as f:
            return sorted({os.path.join(folder, n) for n in json.load(f)["weight_map"].values()})
    single = os.path.join(folder, "model.safetensors")
    if os.path.isfile(single):
        return [single]
    return sorted(glob.glob(os.path.join(folder, "*.safetensors")))


def read_names(paths):
    names = set()
    for path in paths:
        try:
            with open(path, "rb") as f:
                size = struct.unpack("<Q", f.read(8))[0]
                if size > LARGEST_HEADER:
                    raise ValueError(f"a header of {size} bytes")
                names.update(json.loads(f.read(size)))
        except (OSError, ValueError, struct.error) as error:
            raise ImportFailure(f"'{path}' is no safetensors file: {error}") from None
    return names - {"__metadata__"}


def tied_names(module):
    """Groups of names of one parameter."""
    groups = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        groups.setdefault(id(parameter), []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def stored_name(module, group, stored):
    """The name of a tied parameter that stands in the IR: the one in the
    checkpoint, else the one that the model's library would store."""
    for name in group:
        if name in stored:
            return name
    tied = getattr(module, "_tied_weights_keys", None) or ()
    return next((n for n in group if n not in tied), group[0])


def canonical_names(module, stored):
    """{any name of a tied parameter: the one that stands in the IR}."""
    return {name: stored_name(module, group, stored)
            for group in tied_names(module) for name in group}


def map_parameters(module, used, names, stored):
    """The entries of the parameters file: tied names, and, where a checkpoint
    is known, every weight whose name there differs."""
    entries = {name: {"op": "identity", "sources": [kept]}
               for name, kept in names.items() if name != kept}
    if not stored:
        return entries
    missing = [n for n in used if n not in stored]
    if missing:
        made = from_conversions(module, stored, missing)
        for name in missing:
            if name not in made:
                raise ImportFailure(
                    f"the checkpoint has no tensor for '{name}': it has {len(stored)}, "
                    f"such as '{min(stored)}'")
            entries[name] = made[name]
            for alias, kept in names.items():
                if kept == name and alias != name:
                    entries[alias] = made[name]
    return entries


def from_conversions(module, stored, wanted):
    """Entries for those of the wanted weights that transformers renames or
    merges on loading, by its own rules."""
    try:
        from transformers.conversion_mapping import get_model_conversion_mapping
        from transformers.core_model_loading import (
            WeightConverter, WeightRenaming, dot_natural_key, rename_source_key)
    except ImportError:
        return {}
    if not hasattr(module, "base_model_prefix"):
        return {}
    rules = get_model_conversion_mapping(module)
    renamings = [r for r in rules if isinstance(r, WeightRenaming)]
    converters = [r for r in rules if isinstance(r, WeightConverter)]
    by_pattern = {p: c for c in converters for p in c.source_patterns}
    own = module.state_dict()
    sources = {}
    for name in sorted(stored, key=dot_natural_key):
        renamed, pattern = rename_source_key(
            name, renamings, converters, module.base_model_prefix, own)
        if renamed in wanted:
            sources.setdefault(renamed, {}).setdefault(pattern, []).append(name)
    entries = {}
    for name, parts in sources.items():
        if list(parts) == [None]:
            entries[name] = {"op": "identity", "sources": parts[None]}
        else:
            entries[name] = merged(name, by_pattern[next(iter(parts))], parts)
    return entries


def merged(name, converter, parts):
    """One operation of the parameters file for a converter."""
    kinds = [type(o).__name__ for o in converter.operations]
    ordered = [parts[p] for p in converter.source_patterns if p in parts]
    if kinds == ["MergeModulelist"] and len(ordered) == 1:
        return {"op": "stack", "dim": converter.operations[0].dim, "sources": ordered[0]}
    if kinds == ["Concatenate"] and len(converter.target_patterns) == 1:
        return {"op": "concat", "dim": converter.operations[0].dim,
                "sources": [s for part in ordered for s in part]}
    if kinds == ["Transpose"] and len(ordered) == 1:
        operation = converter.operations[0]
        if (operation.dim0, operation.dim1) in ((0, 1), (1, 0)):
            return {"op": "transpose", "sources": ordered[0]}
    raise ImportFailure(
        f"'{name}' is made of {sum(map(len, ordered))} tensors of the checkpoint by "
        f"{' and '.join(kinds)}, which a parameters file does not express: load the "
        "model with transformers and save it again with save_original_format=False")
