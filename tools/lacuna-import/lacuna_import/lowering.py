# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From an exported program to upstream's dialects, by torch-mlir.

Weights become literals that name a parameter and hold no data. What torch-mlir
miscompiles (views with dynamic dimensions), cannot express in MLIR 22 (prefix
sums) or expresses at a cost (the largest element) leaves it as calls of private
functions, whose bodies are written here (definitions.py) and inlined.
"""
import functools
import math
import re

import numpy as np
import torch
from torch._export.verifier import SpecViolationError
from torch._subclasses.fake_tensor import FakeTensor
from torch.fx.experimental.symbolic_shapes import free_unbacked_symbols
from torch_mlir import ir
from torch_mlir.dialects import torch as torch_dialect
from torch_mlir.extras.fx_importer import (
    FxImporter, FxImporterHooks, GraphNodeImporter, create_mlir_tensor_type)
from torch_mlir.passmanager import PassManager

from . import decompositions, definitions, reshaping
from .errors import ImportFailure

aten = torch.ops.aten
WRAPPER = "model."  # export.py wraps the model in a module of this name
LARGEST_LITERAL = 1 << 24
UNSIGNED = (torch.uint8, torch.uint16, torch.uint32, torch.uint64)

# torch-mlir's pipelines without the last pass, which refuses calls.
TO_TORCH = ("builtin.module(func.func(torch-match-quantized-custom-ops), "
            "torchdynamo-export-to-torch-backend-pipeline{extra-library=})")
TO_LINALG = "builtin.module(" + ",".join([
    "func.func(torch-simplify-dtype-calculations)",
    "func.func(convert-torch-to-tmtensor)", "func.func(canonicalize)",
    "func.func(convert-torch-to-linalg{allow-non-finites=true})",
    "func.func(canonicalize)", "func.func(convert-torch-to-scf)",
    "func.func(convert-torch-to-arith)", "func.func(convert-torch-to-tensor)",
    "convert-torch-conversion-to-mlprogram", "func.func(memref-expand)",
    "func.func(canonicalize)", "func.func(resolve-shaped-type-result-dims)",
    "func.func(cse)", "torch-func-backend-type-conversion",
    "func.func(canonicalize)",
    "func.func(torch-finalizing-backend-type-conversion)"]) + ")"
TIDY = ("builtin.module(inline, symbol-dce, func.func(canonicalize), "
        "func.func(resolve-shaped-type-result-dims), func.func(canonicalize), "
        "func.func(cse))")


class Weights(FxImporterHooks):
    """`names` maps the exported program's names to the IR's; `values` holds
    what is in no checkpoint."""

    def __init__(self, names, values):
        self.names, self.values = names, values
        self.used = {}  # {name in the IR: the literal}
        self.written = {}  # {name in the program: the node whose value it gets}
        self.loaded = {}  # {name in the program: its value}
        self.placeholders = {}  # {name in the program: the node that reads it}
        self.state = {}  # {name in the program: its declaration}

    def resolve_input(self, importer, value, info):
        name = info.input_spec.target.removeprefix(WRAPPER)
        if info.input_spec.target in self.written:
            return self.load_state(importer, info.input_spec.target, value, info)
        if info.input_spec.persistent is False:
            return self._inline(importer, name, self.values.get(name, value))
        name = self.names.get(name, name)
        with ir.Location.name(name, context=importer._c):
            if name not in self.used:
                # The blob is cut from the text; the binding asks for one.
                self.used[name] = ir.DenseResourceElementsAttr.get_from_buffer(
                    np.zeros(16, np.uint8), name, create_mlir_tensor_type(value))
            return _literal(importer, value, self.used[name])

    def load_state(self, importer, target, value, info):
        """Of a buffer that the program writes: the value before the call."""
        if target not in self.loaded:
            name = target.removeprefix(WRAPPER)
            starts_as_zeros = False
            if info.input_spec.persistent is False:
                starts_as_zeros = _is_zero(self.values.get(name, value))
                if not starts_as_zeros:
                    raise ImportFailure(
                        f"the buffer '{name}' is written, and its values before the first "
                        "call are not zeros and in no checkpoint: register it as a "
                        "persistent buffer")
            else:
                name = self.names.get(name, name)
                self.used[name] = None
            self.state[target] = {"name": name, "starts_as_zeros": starts_as_zeros}
            self.loaded[target] = importer.load_state(value, self.state[target])
        return self.loaded[target]

    def store_produced_value(self, importer, value, produced, info):
        """Stores stand at the end: see Nodes.return_node_values."""

    def resolve_literal(self, importer, value, info):
        if not isinstance(value, torch.Tensor) or info is not None:
            return None
        return self._inline(importer, "a constant tensor", value)

    def _inline(self, importer, name, value):
        if isinstance(value, FakeTensor):
            if value.constant is None:
                raise ImportFailure(
                    f"the values of '{name}' are not known: it is in no "
                    "checkpoint and was computed from a weight. Register it as "
                    "a persistent buffer or compute it in forward")
            value = value.constant
        if value.numel() > LARGEST_LITERAL:
            raise ImportFailure(
                f"'{name}' has {value.numel():,} elements, too many for a "
                f"literal (at most {LARGEST_LITERAL:,}): register it as a "
                "persistent buffer")
        with ir.Location.name(name, context=importer._c):
            return _literal(importer, value, _dense(value.detach().contiguous()))


def _is_zero(value):
    if isinstance(value, FakeTensor):
        value = value.constant
    if value is None:
        return False
    if not any(value.stride()):  # one element, however often
        value = value.flatten()[:1] if value.dim() else value
    return not bool(value.any())


def _literal(importer, value, attribute):
    return ir.Operation.create(
        "torch.vtensor.literal",
        results=[importer._cc.tensor_to_vtensor_type(value)],
        attributes={"value": attribute}).result


def _dense(value):
    element = create_mlir_tensor_type(value).element_type
    shape = list(value.shape)
    if value.dtype == torch.bfloat16:
        array = value.view(torch.int16).numpy()
    else:
        array = value.numpy()
    if value.numel() and bool((value.reshape(-1) == value.reshape(-1)[0]).all()):
        scalar = value.reshape(-1)[0].item()
        attribute = (ir.FloatAttr.get(element, scalar) if value.is_floating_point()
                     else ir.IntegerAttr.get(element, int(scalar)))
        return ir.DenseElementsAttr.get_splat(create_mlir_tensor_type(value), attribute)
    return ir.DenseElementsAttr.get(array, type=element, shape=shape)


class Nodes(GraphNodeImporter):
    """`bodies` maps the symbol of each call to the function that writes its
    body, given the types of operands and result."""

    bodies = None

    def _import_torch_op_overload(self, loc, node, concrete_target=None):
        target = concrete_target or node.target
        if target in (aten.view.default, aten._unsafe_view.default, aten.reshape.default):
            if _is_dynamic(node.args[0]) or _is_dynamic(node):
                return self._view(loc, node)
        elif target in (aten.amax.default, aten.amin.default):
            if node.meta["val"].is_floating_point():
                return self._extremum(loc, node, target is aten.amax.default)
        elif target is aten.cumsum.default:
            rank = node.meta["val"].dim()
            return self._call(loc, node, "cumsum", [node.args[0]], functools.partial(
                definitions.define_cumsum, dim=node.args[1] % rank))
        elif target is aten.index_put.default and self._index_put(loc, node):
            return None
        elif target in (aten.scatter.src, aten.scatter.value, aten.scatter_add.default) and \
                self._scatter(loc, node, target is aten.scatter_add.default):
            return None
        return super()._import_torch_op_overload(loc, node, concrete_target)

    def _view(self, loc, node):
        operands, sizes = [node.args[0]], []
        result = node.meta["val"].shape
        for asked, size in zip(node.args[1], result):
            if isinstance(size, int):
                sizes.append(size)
            elif isinstance(asked, torch.fx.Node):
                sizes.append(len(operands))
                operands.append(asked)
            else:
                sizes.append(None)
        groups = reshaping.regroup(node.args[0].meta["val"].shape, result)
        self._call(loc, node, "view", operands, functools.partial(
            definitions.define_view, groups=groups, sizes=sizes))

    def _extremum(self, loc, node, largest):
        rank = node.args[0].meta["val"].dim()
        dims = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", ())
        dims = [d % rank for d in ([dims] if isinstance(dims, int) else dims)]
        keepdim = node.args[2] if len(node.args) > 2 else node.kwargs.get("keepdim", False)
        self._call(loc, node, "amax" if largest else "amin", [node.args[0]],
                   functools.partial(definitions.define_extremum, keepdim=keepdim,
                                     dims=dims or list(range(rank)), largest=largest))

    def load_state(self, value, declaration):
        """The load stands before everything, so that no store comes first."""
        with ir.InsertionPoint.at_block_begin(self._b):
            return self._emit(
                ir.Location.name(declaration["name"], context=self._c), "load", [],
                [self._cc.tensor_to_vtensor_type(value)],
                functools.partial(definitions.define_load, **declaration))

    def return_node_values(self, loc, nodes, constants):
        # Buffers that are set to inputs, or several to one value: nodes that
        # torch-mlir's hook is not called for, or only once.
        hooks = self.fx_importer._hooks
        for target, node in hooks.written.items():
            if target not in hooks.loaded:  # written, never read
                self.resolve_node_value(hooks.placeholders[target])
            value = self.resolve_node_value(node)
            with ir.InsertionPoint(self._b):
                self._emit(loc, "store", [value], [], functools.partial(
                    definitions.define_store, **hooks.state[target]))
        super().return_node_values(loc, nodes, constants)

    def _index_put(self, loc, node):
        """A store at positions along neighboring dimensions; False for others."""
        destination, indices, values = node.args[:3]
        accumulate = len(node.args) > 3 and bool(node.args[3])
        given = [(d, i) for d, i in enumerate(indices) if i is not None]
        dims, positions = [d for d, _ in given], [i for _, i in given]
        kinds = [i.meta["val"] for i in positions]
        where, shape = list(kinds[0].shape), list(destination.meta["val"].shape)
        if dims != list(range(dims[0], dims[0] + len(dims))) or any(
                k.dtype not in (torch.int64, torch.int32) or list(k.shape) != where for k in kinds):
            return False
        asked = list(values.meta["val"].shape)
        whole = shape[:dims[0]] + where + shape[dims[-1] + 1:]
        if len(dims) == 1 and where in ([], [1]) and asked == whole and not accumulate:
            self._call(loc, node, "index_put", [destination, *positions, values],
                       functools.partial(definitions.define_index_put, dim=dims[0]))
            return True
        rank = len(shape)
        updates = list(range(rank, rank + len(where)))
        loops = list(range(dims[0])) + updates + list(range(dims[-1] + 1, rank))
        # What has fewer dimensions, or one of them once, is repeated.
        loops, whole = loops[len(loops) - len(asked):], whole[len(whole) - len(asked):]
        loops = [None if size == 1 and of != 1 else loop
                 for loop, size, of in zip(loops, asked, whole)]
        self._call(loc, node, "index_put", [destination, *positions, values], functools.partial(
            definitions.define_scatter, dims=dims, indices=updates, values=loops,
            accumulate=accumulate, scalar=None))
        return True

    def _scatter(self, loc, node, accumulate):
        """A store at positions that differ along the other dimensions; False
        where those are not as large as the destination's, or the values'."""
        destination, dim, index, values = node.args[:4]
        shape, where = list(destination.meta["val"].shape), list(index.meta["val"].shape)
        rank = len(shape)
        if not rank or len(where) != rank:
            return False
        dim %= rank
        if any(d != dim and size != of for d, (size, of) in enumerate(zip(where, shape))):
            return False
        loops = [rank if d == dim else d for d in range(rank)]
        operands, scalar = [destination, index], None
        if isinstance(values, torch.fx.Node):
            if list(values.meta["val"].shape) != where:
                return False
            operands.append(values)
        elif destination.meta["val"].is_floating_point():
            if not math.isfinite(values):
                return False
            scalar = f"{float(values):.17e}"
        else:
            scalar = int(values)
        self._call(loc, node, "scatter", operands, functools.partial(
            definitions.define_scatter, dims=[dim], indices=loops,
            values=loops if scalar is None else None, accumulate=accumulate, scalar=scalar))
        return True

    def _call(self, loc, node, name, operands, body):
        operands = [self.resolve_node_value(o) for o in operands]
        with ir.InsertionPoint(self._b):
            self.bind_node_value(node, self._emit(
                loc, name, operands, [self._cc.node_val_to_type(node)], body))

    def _emit(self, loc, name, operands, results, body):
        symbol = f"lacuna.{name}.{len(self.bodies)}"
        self.bodies[symbol] = body
        with loc:
            with ir.InsertionPoint.at_block_begin(self.fx_importer.module.body):
                ir.Operation.create("func.func", regions=1, attributes=dict(
                    sym_name=ir.StringAttr.get(symbol),
                    sym_visibility=ir.StringAttr.get("private"),
                    function_type=ir.TypeAttr.get(
                        ir.FunctionType.get([o.type for o in operands], results))))
            call = ir.Operation.create(
                "func.call", results=results, operands=operands,
                attributes=dict(callee=ir.FlatSymbolRefAttr.get(symbol)))
        return call.result if results else None


def _is_dynamic(node):
    return any(not isinstance(d, int) for d in node.meta["val"].shape)


def lower(program, hooks, function_name):
    """The module, its weights still literals."""
    context = ir.Context()
    torch_dialect.register_dialect(context)
    context.allow_unregistered_dialects = True
    bodies = {}
    nodes = type("NodesOfOneImport", (Nodes,), {"bodies": bodies})
    importer = FxImporter(context=context, hooks=hooks, graph_node_importer_cls=nodes)
    try:
        program = program.run_decompositions(decompositions.table())
    except SpecViolationError as error:
        raise ImportFailure(f"torch.export's program does not hold together: {error}: where "
                            "two buffers are set to one value, compute it for each") from error
    find_written(program, hooks)
    keep_innermost_frames(program)
    refuse_values(program)
    try:
        importer.import_program(program, func_name=function_name)
    except (NotImplementedError, TypeError, KeyError) as error:
        raise ImportFailure(f"this program does not import: {error}") from error
    module = importer.module
    run_passes(module, TO_TORCH)
    run_passes(module, TO_LINALG)
    define(module, bodies)
    run_passes(module, TIDY)
    refuse_foreign(module)
    drop_shape_asserts(module)
    return module


def find_written(program, hooks):
    """The buffers that a call writes, and the nodes of their new values."""
    signature = program.graph_signature
    nodes = {node.name: node for node in program.graph.nodes}
    hooks.written = {target: nodes[name]
                     for name, target in signature.buffers_to_mutate.items()}
    hooks.placeholders = {target: nodes[name]
                          for name, target in signature.inputs_to_buffers.items()}


# What the compiler takes, and what torch-mlir makes of operations without an
# upstream form: dialects that MLIR 22 does not know.
DIALECTS = {"builtin", "func", "affine", "arith", "math", "tensor", "linalg", "scf", "cf",
            "ml_program"}
FOREIGN = {"tm_tensor.scan": "a prefix sum", "tm_tensor.sort": "sort",
           "tm_tensor.topk": "topk", "tm_tensor.scatter": "an indexed store (index_put)"}
ADVICE = ("write this line with other operations (docs/Import.md lists those that "
          "are tested)")


def refuse_foreign(module):
    found = []

    def visit(operation):
        name = operation.name
        if name.partition(".")[0] not in DIALECTS and name != "tm_tensor.yield":
            found.append(f"{_place(operation.location)}{FOREIGN.get(name, name)} does not "
                         f"import: {ADVICE}")
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    if found:
        raise ImportFailure("\n".join(dict.fromkeys(found)))


def drop_shape_asserts(module):
    """torch-mlir compares the sizes that a matmul contracts; torch.export has
    proved them equal from the named dimensions, which are checked at the entry."""
    for function in module.body.operations:
        if function.operation.name != "func.func":
            continue
        for operation in list(function.regions[0].blocks[0].operations):
            if operation.operation.name == "cf.assert" and "mismatching" in str(
                    operation.attributes["msg"]):
                operation.operation.erase()


_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def keep_innermost_frames(program):
    """Leaves one frame of each trace: the line of the model that asked for the
    operation."""
    for node in program.graph.nodes:
        frames = _FRAME.findall(node.meta.get("stack_trace") or "")
        frames = [f for f in frames if not _is_library(f[0])]
        path, line = frames[-1] if frames else ("", 0)
        node.meta["stack_trace"] = f'File "{_short(path)}", line {line},' if path else None


def refuse_values(program):
    """What torch-mlir takes without a word: sizes that depend on data, on which
    its passes do not end, and unsigned integers, whose sign it forgets."""
    for node in program.graph.nodes:
        frame = _FRAME.search(node.meta["stack_trace"] or "")
        place = f"{frame[1]}:{frame[2]}: " if frame else ""
        if node.target is torch.ops.higher_order.with_effects:
            raise ImportFailure(f"{place}the operation '{node.args[1]}', which fails for some "
                                f"values, does not import: {ADVICE}")
        value = node.meta.get("val")
        if not isinstance(value, torch.Tensor):
            continue
        if free_unbacked_symbols(value.shape):
            raise ImportFailure(f"{place}the size of this line's result depends on the values "
                                "of a tensor: use torch.where, or a size that is known")
        if value.dtype in UNSIGNED:
            raise ImportFailure(f"{place}this line makes a tensor of {value.dtype}, and unsigned "
                                "integers do not import: use a signed type that holds the values")


def _is_library(path):
    return "/torch/" in path or path.startswith("torch/") or "/lacuna_import/" in path


def _short(path):
    return path.rpartition("/site-packages/")[2]


def run_passes(module, pipeline):
    with module.context:
        try:
            PassManager.parse(pipeline).run(module.operation)
        except ir.MLIRError as error:
            raise ImportFailure(_explain(error, module)) from None


def _explain(error, module):
    lines = []
    for diagnostic in error.error_diagnostics:
        found = _OPERATION.search(diagnostic.message)
        if not found and "torch.constant" in diagnostic.message:
            found = _find_operation(module, str(diagnostic.location))
        what = (f"the operation '{found.group(1)}' does not import" if found
                else f"this line does not import ({diagnostic.message})")
        lines.append(f"{_place(diagnostic.location)}{what}: {ADVICE}")
    return "\n".join(dict.fromkeys(lines)) or str(error)


_OPERATION = re.compile(r"torch\.(?:operator \")?([\w.]*aten[\w.]*)")


def _find_operation(module, location):
    """What a constant that does not import is an operand of: made by the same
    line."""
    for function in module.body.operations:
        for operation in function.regions[0].blocks[0].operations if len(function.regions) else ():
            if str(operation.location) == location and "aten" in operation.operation.name:
                return _OPERATION.search(operation.operation.name)
    return None


def _place(location):
    place = re.search(r'"([^"]+)":(\d+)', str(location))
    return f"{place.group(1)}:{place.group(2)}: " if place else ""


def define(module, bodies):
    """Puts the bodies in the place of the declarations."""
    with module.context:
        for operation in list(module.body.operations):
            symbol = operation.attributes["sym_name"].value
            if symbol not in bodies:
                continue
            function_type = operation.attributes["function_type"].value
            operands = [str(t) for t in function_type.inputs]
            results = [str(t) for t in function_type.results]
            text = bodies[symbol](symbol, operands, *results)
            try:
                body = ir.Module.parse(text)
            except ir.MLIRError as error:
                raise ImportFailure(f"internal error in a body:\n{text}\n{error}") from error
            for part in body.body.operations:
                if part.operation.name != "func.func":
                    add_global(module, part)
                else:
                    with ir.InsertionPoint(operation):
                        part.operation.clone()
            operation.operation.erase()


def add_global(module, declared):
    name = declared.attributes["sym_name"].value
    if not any(o.operation.name == declared.operation.name and
               o.attributes["sym_name"].value == name for o in module.body.operations):
        with ir.InsertionPoint.at_block_begin(module.body):
            declared.operation.clone()
