# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""torch.export of a module whose tensors have names, in and out."""
import contextlib
import io
import re
import traceback

import torch
from torch.export import Dim
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode
from torch.utils._pytree import tree_flatten_with_path

from .errors import ImportFailure
from .signature import make_examples


class Named(torch.nn.Module):
    """`forward(tensors)` calls the model; the names of what came back go to
    `report` (a trace undoes what it does to attributes). `wanted` limits them."""

    def __init__(self, model, bind, wanted, report):
        super().__init__()
        self.model = model
        self.bind, self.wanted, self.report = bind, wanted, report

    def forward(self, tensors):
        positional, keywords = self.bind(tensors)
        found = name_outputs(self.model(*positional, **keywords))
        missing = [n for n in self.wanted if n not in found]
        if missing:
            raise ImportFailure(f"the model returns no '{missing[0]}': it returns "
                                + ", ".join(found))
        found = {n: found[n] for n in self.wanted or found}
        if not found:
            raise ImportFailure("the model returns no tensor")
        self.report(list(found))
        return tuple(found.values())


def name_outputs(result):
    """Tensors of a result by name: the keys of a dictionary or model output,
    the fields of a dataclass, `output` or `output.N`."""
    if isinstance(result, torch.Tensor):
        return {"output": result}
    if hasattr(result, "__dataclass_fields__") and not isinstance(result, dict):
        result = {f: getattr(result, f) for f in result.__dataclass_fields__}
    named = {}
    for path, leaf in tree_flatten_with_path(result)[0]:
        if isinstance(leaf, torch.Tensor):
            keys = [str(getattr(k, "key", getattr(k, "idx", getattr(k, "name", k))))
                    for k in path]
            name = ".".join(keys)
            named[name if not name[:1].isdigit() else f"output.{name}"] = leaf
    if list(named) == ["output.0"]:
        return {"output": named["output.0"]}
    return named


def export(model, inputs, bind, wanted=(), limits=None):
    """An exported program, the names of its outputs, and the bounds of its
    dimensions {name: (least, greatest or None)}."""
    reports = []
    named = Named(model, bind, wanted, reports.append).eval()
    examples = make_examples(inputs)
    dims = {d: Dim(d, max=(limits or {}).get(d)) for i in inputs for d in i.dims
            if isinstance(d, str)}
    for _ in range(3):
        try:
            # It prints the program that failed; the error says which line it is.
            with contextlib.redirect_stderr(io.StringIO()):
                program = torch.export.export(
                    named, ({i.name: e for i, e in zip(inputs, examples)},), strict=False,
                    dynamic_shapes=({i.name: [dims[d] if isinstance(d, str) else Dim.STATIC
                                              for d in i.dims] for i in inputs},))
            return program, reports[-1], bounds(dims, program)
        except ImportFailure:
            raise
        except Exception as error:  # whatever the model's own code raises
            refined = refine(str(error), dims)
            if refined is None:
                raise ImportFailure(explain(error)) from error
            dims = refined
    raise ImportFailure("the bounds of the dynamic dimensions do not settle: "
                        + ", ".join(dims))


def refine(message, dims):
    """Dims with the bounds that torch.export asks for; None when it asks for
    something else, such as a static size."""
    if "Suggested fixes:" not in message:
        return None
    refined = dict(dims)
    for fix in message.split("Suggested fixes:")[1].strip().splitlines():
        bounded = re.match(r"\s*(\w+) = Dim\('\w+'(?:, min=(\d+))?(?:, max=(\d+))?\)", fix)
        if not bounded or bounded.group(1) not in dims:
            if re.match(r"\s*\w+ = ", fix):
                return None
            continue
        name, least, most = bounded.groups()
        refined[name] = Dim(name, min=least and int(least), max=most and int(most))
    return refined


def bounds(dims, program):
    """Dimensions of size 1 are traced as if they were larger and work: what
    counts is a least size that the model's code asks for."""
    found = {}
    for name, dim in dims.items():
        least, most = dim.min, dim.max
        for symbol, limits in program.range_constraints.items():
            if str(symbol) == name:
                least, most = int(limits.lower), limits.upper
        most = int(most) if str(most).isdigit() and int(most) < 1 << 40 else None
        found[name] = (least if least > 2 else 1, most)
    return found


def explain(error):
    """The line of the model's code that torch.export stopped at."""
    message = str(error).strip()
    frames = re.findall(r'File "([^"]+)", line (\d+)', message) + [
        (f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    frames = [f for f in frames if is_users(f[0])]
    where = f"{frames[-1][0]}:{frames[-1][1]}: " if frames else ""
    if isinstance(error, GuardOnDataDependentSymNode):
        return (f"{where}this line depends on the values of a tensor, and so cannot be "
                "exported: use torch.where, or a size that is known")
    short = "\n".join(line for line in message.splitlines()[:8] if line.strip())
    return f"{where}torch.export stops here: {type(error).__name__}: {short}"


def is_users(path):
    return not any(part in path for part in ("/torch/", "/lacuna_import/", "<"))
