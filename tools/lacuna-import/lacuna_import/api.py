# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`import_model`: source, export, lowering and names put together."""
import contextlib
import dataclasses
import json
import os
import re
import tempfile

import torch
from torch_mlir import ir

from . import checkpoint, sources
from .errors import ImportFailure
from .export import export
from .lowering import TIDY, Weights, lower, run_passes


@dataclasses.dataclass
class Imported:
    text: str  # MLIR 22
    parameters: dict  # entries of the parameters file
    inputs: list
    outputs: list
    weights: list  # names in the IR
    state: list  # names in the IR of what runs change

    def write(self, path):
        """Writes `path` and the parameters file beside it; gives both paths."""
        stem = path.removesuffix(".mlir")
        content = json.dumps({"lacuna_params": 1, "tensors": self.parameters}, indent=1)
        beside = f"{stem}.params.json"
        _write(path, self.text)
        _write(beside, content + "\n")
        return path, beside


def _write(path, content):
    """All of it or nothing."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".lacuna-import-")
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            f.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except OSError as error:
        raise ImportFailure(f"cannot write '{path}': {error.strerror}") from None


def import_model(model, inputs=(), *, example_inputs=None, dynamic_shapes=None,
                 function="main", outputs=(), checkpoints=(), locations=True,
                 decode=False, max_length=None, batch=1):
    """Imports `model`: a torch.nn.Module, 'file.py:make_model', a folder with a
    config.json, or a transformers configuration.

    inputs: 'name:type[dimensions]' for each tensor, in order.
    example_inputs, dynamic_shapes: instead, as for torch.export.
    outputs: the names of those to keep (default: all).
    checkpoints: safetensors files whose names the weights have.
    decode: one step of a transformers decoder, with a key-value cache of
    max_length positions for batch rows as its state.
    Raises ImportFailure.
    """
    if decode and max_length is None:
        raise ImportFailure("a decoding step needs the maximum length of its cache: "
                            "give --max-length (max_length)")
    if not decode and (max_length is not None or batch != 1):
        raise ImportFailure("--max-length and --batch are of decoding steps: add --decode")
    source = _find(model, inputs, example_inputs, dynamic_shapes,
                   (max_length, batch) if decode else None)
    try:
        return _import(source, function, tuple(outputs), _stored(model, checkpoints), locations)
    except ImportFailure:
        if source.fake is None or not _is_file(model):
            raise
        # The code may need its weights' values: once more with them.
        path, _, name = model.rpartition(":")
        source = sources.from_file(path, name, inputs, real=True)
        return _import(source, function, tuple(outputs), _stored(model, checkpoints), locations)


def _is_file(model):
    return isinstance(model, str) and bool(re.search(r"\.py:\w+$", model))


def _find(model, inputs, example_inputs, dynamic_shapes, decode):
    if decode and (isinstance(model, torch.nn.Module) or _is_file(model)):
        raise ImportFailure("--decode is for models of transformers: a module's own cache "
                            "is a buffer that its forward changes, and needs no option")
    if isinstance(model, torch.nn.Module):
        return sources.from_module(model, inputs, example_inputs, dynamic_shapes)
    if hasattr(model, "model_type"):
        cls = None
        if getattr(model, "architectures", None):
            import transformers
            cls = getattr(transformers, model.architectures[0], None)
        return sources.from_config(model, cls, inputs, decode)
    if _is_file(model):
        path, _, name = model.rpartition(":")
        try:
            return sources.from_file(path, name, inputs)
        except ImportFailure:
            raise
        except Exception:  # the user's code does not run without weights
            return sources.from_file(path, name, inputs, real=True)
    if isinstance(model, str) and os.path.isdir(model):
        return sources.from_folder(model, inputs, decode)
    raise ImportFailure(f"'{model}' is neither a folder with a config.json nor "
                        "FILE.py:FUNCTION")


def _stored(model, checkpoints):
    files = list(checkpoints)
    if not files and isinstance(model, str) and os.path.isdir(model):
        files = checkpoint.find_files(model)
    return checkpoint.read_names(files)


def _import(source, function, outputs, stored, locations):
    with torch.no_grad():
        with source.fake or contextlib.nullcontext():
            program, names, bounds = export(
                source.module, source.inputs, source.bind, outputs, source.limits)
        return _lower(source, program, names, bounds, function, stored, locations)


def _lower(source, program, names, bounds, function, stored, locations):
    canonical = checkpoint.canonical_names(source.module, stored)
    hooks = Weights(canonical, source.values)
    module = lower(program, hooks, function)
    _annotate(module, function, source.inputs, names, bounds)
    text = module.operation.get_asm(enable_debug_info=locations)
    # The blobs of weights are placeholders: a literal without one has no data.
    text = re.sub(r"\n\{-#.*?#-\}\n?", "\n", text, flags=re.S)
    entries = checkpoint.map_parameters(source.module, hooks.used, canonical, stored)
    return Imported(text, entries, source.inputs, names, list(hooks.used),
                    [s["name"] for s in hooks.state.values()])


def _annotate(module, function, inputs, outputs, bounds):
    """Names on arguments and results, and checks of the dynamic dimensions."""
    with module.context, ir.Location.unknown():
        main = next(o for o in module.body.operations
                    if o.attributes["sym_name"].value == function)
        string = ir.StringAttr.get
        main.attributes["arg_attrs"] = ir.ArrayAttr.get([ir.DictAttr.get({
            "lacuna.name": string(i.name),
            "lacuna.dims": ir.ArrayAttr.get(
                [string(d if isinstance(d, str) else "") for d in i.dims])}) for i in inputs])
        main.attributes["res_attrs"] = ir.ArrayAttr.get(
            [ir.DictAttr.get({"lacuna.name": string(n)}) for n in outputs])
        block = main.regions[0].blocks[0]
        with ir.InsertionPoint.at_block_begin(block):
            sizes = _check_dims(block, inputs, bounds)
        _share_sizes(block, inputs, sizes)
        module.operation.verify()
    run_passes(module, TIDY)


def _check_dims(block, inputs, bounds):
    first = {}
    for argument, i in zip(block.arguments, inputs):
        for position, name in enumerate(i.dims):
            if not isinstance(name, str):
                continue
            size = _dim(argument, position)
            if name not in first:
                first[name] = size, i.name
                _check_bounds(size, i.name, name, *bounds.get(name, (1, None)))
            else:
                known, where = first[name]
                _assert("eq", size, known, f"dimension '{name}' of '{i.name}' differs from "
                        f"that of '{where}'")
    return {name: size for name, (size, _) in first.items()}


def _share_sizes(block, inputs, sizes):
    """One value for each dimension's name, wherever the code asks for a size."""
    arguments = list(block.arguments)
    for operation in block.operations:
        operation = operation.operation
        if operation.name != "tensor.dim":
            continue
        source, position = operation.operands
        if source not in arguments or position.owner.name != "arith.constant":
            continue
        dims = inputs[arguments.index(source)].dims
        name = dims[ir.IntegerAttr(position.owner.attributes["value"]).value]
        if name in sizes and not _is_checked(operation):
            operation.result.replace_all_uses_with(sizes[name])


def _is_checked(operation):
    """Whether the entry's checks compare this size."""
    return any(user.owner.name == "arith.cmpi" and any(
        u.owner.name == "cf.assert" and "dimension '" in str(u.owner.attributes["msg"])
        for u in user.owner.results[0].uses) for user in operation.result.uses)


def _check_bounds(size, argument, name, least, most):
    if most is not None:
        _assert("ule", size, _index(most), f"dimension '{name}' of '{argument}' is larger "
                f"than {most}, the most that the model has")
    if least > 1:
        _assert("uge", size, _index(least), f"dimension '{name}' of '{argument}' is smaller "
                f"than {least}, the least that the model takes")


def _index(value):
    index = ir.IndexType.get()
    return ir.Operation.create("arith.constant", results=[index], attributes={
        "value": ir.IntegerAttr.get(index, value)}).result


def _dim(tensor, position):
    return ir.Operation.create("tensor.dim", results=[ir.IndexType.get()],
                               operands=[tensor, _index(position)]).result


def _assert(predicate, left, right, message):
    code = {"eq": 0, "ule": 7, "uge": 9}[predicate]
    holds = ir.Operation.create(
        "arith.cmpi", results=[ir.IntegerType.get_signless(1)], operands=[left, right],
        attributes={"predicate": ir.IntegerAttr.get(ir.IntegerType.get_signless(64), code)})
    ir.Operation.create("cf.assert", operands=[holds.result],
                        attributes={"msg": ir.StringAttr.get(message)})
