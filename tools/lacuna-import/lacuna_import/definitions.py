# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bodies, in upstream's dialects, of the operations that leave torch-mlir as
calls: each function here returns the text of one private function.

Operands and results are tensors of the types given as text; further operands
are sizes, i64.
"""
import re


def split_type(text):
    """`tensor<?x4xf32>` as ([None, 4], 'f32')."""
    *dims, element = re.fullmatch(r"tensor<(.*)>", text).group(1).split("x")
    return [None if d == "?" else int(d) for d in dims], element


def tensor_type(dims, element):
    return f"tensor<{''.join(('?' if d is None else str(d)) + 'x' for d in dims)}{element}>"


def function(symbol, operands, result, lines, returned):
    arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate(operands))
    body = "\n  ".join([*lines, f"return {returned} : {result}"])
    return f"func.func private @{symbol}({arguments}) -> {result} {{\n  {body}\n}}"


def _size_lines(name, source, source_type, dimension):
    return [f"%i_{name} = arith.constant {dimension} : index",
            f"%{name} = tensor.dim {source}, %i_{name} : {source_type}"]


def define_view(symbol, operands, result, groups, sizes):
    """`sizes` holds, for each dimension of the result, an int (static), the
    number of the operand that is its size, or None: what the others leave."""
    before, element = split_type(operands[0])
    after, _ = split_type(result)
    lines, value, middle = [], "%a0", []
    for source, _ in groups:
        parts = [before[d] for d in source]
        middle.append(None if None in parts else _product(parts))
    middle_type = tensor_type(middle, element)
    if middle != before or not groups:
        reassociation = [list(s) for s, _ in groups]
        lines.append(f"%c = tensor.collapse_shape {value} {reassociation} : "
                     f"{operands[0]} into {middle_type}")
        value = "%c"
    if not any(len(target) > 1 for _, target in groups) and (groups or not after):
        if middle_type != result:
            lines.append(f"%k = tensor.cast {value} : {middle_type} to {result}")
            value = "%k"
        return function(symbol, operands, result, lines, value)
    shape = [str(d) for d in after]
    for number, (_, target) in enumerate(groups):
        lines += _expanded_sizes(number, value, middle_type, target, after, sizes, shape)
    reassociation = [list(t) for _, t in groups]
    lines.append(f"%e = tensor.expand_shape {value} {reassociation} output_shape "
                 f"[{', '.join(shape)}] : {middle_type} into {result}")
    return function(symbol, operands, result, lines, "%e")


def _expanded_sizes(number, value, value_type, target, after, sizes, shape):
    """Names the dynamic sizes of one group of the result, in `shape`."""
    lines, known, open_dim = [], [], None
    dynamic = [d for d in target if after[d] is None]
    for d in target:
        if after[d] is not None:
            if after[d] != 1:
                known.append(str(after[d]))
        elif len(dynamic) == 1 or sizes[d] is None:
            open_dim = d
        else:
            lines.append(f"%s{d} = arith.index_cast %a{sizes[d]} : i64 to index")
            shape[d] = f"%s{d}"
            known.append(shape[d])
    if open_dim is None:
        return lines
    lines += _size_lines(f"w{number}", value, value_type, number)
    quotient = f"%w{number}"
    for i, factor in enumerate(known):
        if not factor.startswith("%"):
            lines.append(f"%k{number}_{i} = arith.constant {factor} : index")
            factor = f"%k{number}_{i}"
        lines.append(f"%q{number}_{i} = arith.divui {quotient}, {factor} : index")
        quotient = f"%q{number}_{i}"
    shape[open_dim] = quotient
    return lines


def _product(values):
    result = 1
    for value in values:
        result *= value
    return result


def _empty(name, source, source_type, dims, element):
    """An empty tensor whose dimension i has the size of dims[i] of the source,
    or 1 where that is None."""
    shape, _ = split_type(source_type)
    lines, sizes, result = [], [], []
    for i, d in enumerate(dims):
        result.append(1 if d is None else shape[d])
        if d is not None and shape[d] is None:
            lines += _size_lines(f"{name}{i}", source, source_type, d)
            sizes.append(f"%{name}{i}")
    result_type = tensor_type(result, element)
    lines.append(f"%{name} = tensor.empty({', '.join(sizes)}) : {result_type}")
    return lines, result_type


def _map(rank, results):
    dims = ", ".join(f"d{i}" for i in range(rank))
    return f"affine_map<({dims}) -> ({', '.join(results)})>"


def define_extremum(symbol, operands, result, dims, keepdim, largest):
    """amax and amin of floats: a NaN wins, as in PyTorch."""
    shape, element = split_type(operands[0])
    rank = len(shape)
    kept = [None if d in dims else d for d in range(rank)]
    if not keepdim:
        kept = [d for d in kept if d is not None]
    lines, empty_type = _empty("e", "%a0", operands[0], kept, element)
    bits = {"f64": 64, "f32": 32, "f16": 16, "bf16": 16}[element]
    exponent = {"f64": 11, "f32": 8, "f16": 5, "bf16": 8}[element]
    infinity = ((1 << exponent) - 1) << (bits - 1 - exponent)
    if largest:
        infinity |= 1 << (bits - 1)
    operation = "arith.maximumf" if largest else "arith.minimumf"
    indexing = [_map(rank, [f"d{i}" for i in range(rank)]),
                _map(rank, ["0" if d is None else f"d{d}" for d in kept])]
    iterators = ['"reduction"' if d in dims else '"parallel"' for d in range(rank)]
    lines += [
        f"%z = arith.constant 0x{infinity:0{bits // 4}X} : {element}",
        f"%f = linalg.fill ins(%z : {element}) outs(%e : {empty_type}) -> {empty_type}",
        f"%r = linalg.generic {{indexing_maps = [{', '.join(indexing)}], "
        f"iterator_types = [{', '.join(iterators)}]}} ins(%a0 : {operands[0]}) "
        f"outs(%f : {empty_type}) {{",
        f"^bb0(%x: {element}, %y: {element}):",
        f"  %m = {operation} %x, %y : {element}",
        f"  linalg.yield %m : {element}", f"}} -> {empty_type}"]
    return function(symbol, operands, result, lines, "%r")


def define_cumsum(symbol, operands, result, dim):
    """Prefix sums as a reduction under a triangular condition: element i is
    the sum over j of x[j] where j <= i. Lengths are small, and so no loop is
    left that carries a tensor."""
    shape, source_element = split_type(operands[0])
    _, element = split_type(result)
    rank = len(shape)
    lines, empty_type = _empty("e", "%a0", operands[0], list(range(rank)), element)
    is_float = element.startswith(("f", "bf"))
    # Iterates the result's dimensions, then the position summed over.
    source = [f"d{rank if i == dim else i}" for i in range(rank)]
    indexing = [_map(rank + 1, source), _map(rank + 1, [f"d{i}" for i in range(rank)])]
    iterators = ['"parallel"'] * rank + ['"reduction"']
    widen = []
    value = "%x"
    if source_element != element:
        kind = {"i1": "extui"}.get(source_element, "extsi")
        kind = "extf" if is_float and not source_element.startswith("i") else (
            "sitofp" if is_float else kind)
        widen = [f"  %w = arith.{kind} %x : {source_element} to {element}"]
        value = "%w"
    lines += [
        f"%z = arith.constant {'0.0' if is_float else '0'} : {element}",
        f"%f = linalg.fill ins(%z : {element}) outs(%e : {empty_type}) -> {empty_type}",
        f"%r = linalg.generic {{indexing_maps = [{', '.join(indexing)}], "
        f"iterator_types = [{', '.join(iterators)}]}} ins(%a0 : {operands[0]}) "
        f"outs(%f : {empty_type}) {{",
        f"^bb0(%x: {source_element}, %y: {element}):",
        f"  %i = linalg.index {dim} : index", f"  %j = linalg.index {rank} : index",
        "  %p = arith.cmpi ule, %j, %i : index", *widen,
        f"  %v = arith.select %p, {value}, %z : {element}",
        f"  %s = arith.{'addf' if is_float else 'addi'} %y, %v : {element}",
        f"  linalg.yield %s : {element}", f"}} -> {empty_type}"]
    return function(symbol, operands, result, lines, "%r")


def _declare_state(name, tensor, starts_as_zeros):
    _, element = split_type(tensor)
    zero = "0" if element.startswith("i") else "0.0"
    zero = "false" if element == "i1" else zero
    value = f"dense<{zero}> : {tensor}" if starts_as_zeros else f"#ml_program.extern : {tensor}"
    return f'ml_program.global private mutable @"{name}"({value}) : {tensor}\n'


def define_load(symbol, operands, result, name, starts_as_zeros):
    return _declare_state(name, result, starts_as_zeros) + function(
        symbol, operands, result, [f'%r = ml_program.global_load @"{name}" : {result}'], "%r")


def define_store(symbol, operands, name, starts_as_zeros):
    return _declare_state(name, operands[0], starts_as_zeros) + (
        f"func.func private @{symbol}(%a0: {operands[0]}) {{\n"
        f'  ml_program.global_store @"{name}" = %a0 : {operands[0]}\n  return\n}}')


def define_index_put(symbol, operands, result, dim):
    """The destination (the first operand) with the values (the third) at the
    position of one dimension that the second operand holds; negative ones count
    from the end. A slice, which is updated in place where the destination can
    be."""
    positions, kind = split_type(operands[1])
    shape, _ = split_type(operands[0])
    lines, sizes = [], []
    for d, size in enumerate(shape):
        if size is None or d == dim:
            lines += _size_lines(f"d{d}", "%a0", operands[0], d)
        sizes.append("1" if d == dim else str(size) if size is not None else f"%d{d}")
    lines += ["%c = arith.constant 0 : index",
              f"%p = tensor.extract %a1[{'%c' if positions else ''}] : {operands[1]}",
              *_position_lines("", f"%d{dim}", kind, dim)]
    offsets = ", ".join("%i" if d == dim else "0" for d in range(len(shape)))
    strides = ", ".join("1" for _ in shape)
    lines.append(f"%r = tensor.insert_slice %a2 into %a0[{offsets}] [{', '.join(sizes)}] "
                 f"[{strides}] : {operands[2]} into {result}")
    return function(symbol, operands, result, lines, "%r")


def _position_lines(indent, size, kind, dim, tag=""):
    """From the position %p, checked, to %i of type index."""
    message = f"a position to store at is outside of dimension {dim}"
    return [indent + line for line in (
        f"%n{tag} = arith.index_cast {size} : index to {kind}",
        f"%z{tag} = arith.constant 0 : {kind}",
        f"%m{tag} = arith.cmpi slt, %p{tag}, %z{tag} : {kind}",
        f"%b{tag} = arith.addi %p{tag}, %n{tag} : {kind}",
        f"%q{tag} = arith.select %m{tag}, %b{tag}, %p{tag} : {kind}",
        f"%k{tag} = arith.cmpi ult, %q{tag}, %n{tag} : {kind}",
        f'cf.assert %k{tag}, "{message}"',
        f"%i{tag} = arith.index_cast %q{tag} : {kind} to index")]


def define_scatter(symbol, operands, result, dims, indices, values, accumulate, scalar):
    """The destination (the first operand) with the values (the last operand, or
    `scalar`) at the positions along `dims` that the operands between hold;
    negative ones count from the end. `indices` and `values` say for each
    dimension of those operands which loop it is, or None for its only element:
    the loops are the destination's dimensions, then those of the positions.
    Each element of the destination looks for itself among the positions, in
    their order: of several values for one place the last one stays, or all are
    added, one after the other."""
    shape, element = split_type(operands[0])
    rank = len(shape)
    updates = max([i for i in indices if i is not None], default=rank - 1) + 1 - rank
    kinds = [split_type(o)[1] for o in operands[1:1 + len(dims)]]
    lines = []
    for d in dims:
        lines += _size_lines(f"d{d}", "%a0", operands[0], d)

    def place(loops):
        return _map(rank + updates, ["0" if i is None else f"d{i}" for i in loops])

    inputs = list(range(1, len(operands)))
    maps = [place(indices)] * len(dims) + ([] if values is None else [place(values)])
    maps.append(place(range(rank)))
    iterators = ", ".join(['"parallel"'] * rank + ['"reduction"'] * updates)
    arguments = [f"%p{t}: {kind}" for t, kind in enumerate(kinds)]
    body = []
    if values is None:
        lines.append(f"%x = arith.constant {scalar} : {element}")
    else:
        arguments.append(f"%x: {element}")
    for t, (d, kind) in enumerate(zip(dims, kinds)):
        body += _position_lines("  ", f"%d{d}", kind, d, t)
        body += [f"  %j{t} = linalg.index {d} : index", f"  %h{t} = arith.cmpi eq, %i{t}, %j{t} : index"]
        if t:
            body.append(f"  %g{t} = arith.andi %{'g' if t > 1 else 'h'}{t - 1}, %h{t} : i1")
    here, value = f"%{'g' if len(dims) > 1 else 'h'}{len(dims) - 1}", "%x"
    if accumulate:
        body.append(f"  %s = arith.{'addi' if element.startswith('i') else 'addf'} %y, %x : {element}")
        value = "%s"
    lines += [
        f"%r = linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = [{iterators}]}} "
        f"ins({', '.join(f'%a{i}' for i in inputs)} : {', '.join(operands[i] for i in inputs)}) "
        f"outs(%a0 : {operands[0]}) {{",
        f"^bb0({', '.join(arguments)}, %y: {element}):", *body,
        f"  %v = arith.select {here}, {value}, %y : {element}",
        f"  linalg.yield %v : {element}", f"}} -> {result}"]
    return function(symbol, operands, result, lines, "%r")
