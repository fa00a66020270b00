# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""What a network has around its contractions, on the CPU (or on the device that
LACUNA_TEST_DEVICE names) against float64 computed by NumPy: elementwise chains, softmax, norms, reductions, argmax,
gather, concat, transposes, reshapes, slices, padding and contractions of every
shape. All sizes are dynamic; each part runs at several, 1 and 0 among them.
Outputs are poisoned. LACUNA_TEST_SEED repeats a run."""
import math
import os
import sys
import tempfile
import warnings

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from contraction_matrix import ACTIVATIONS, activation_body, compare
from lacuna_test.runtime import DEVICE, Model, compile_model
from lacuna_test.types import ROUNDOFF, load, store

FLOATS = ["f32", "f64", "f16", "bf16"]
SIZES = [(3, 16), (1, 1), (5, 17), (64, 65), (2, 1000), (1, 127), (130, 3), (0, 8), (8, 0)]
EVERY, ROW, COLUMN = "affine_map<(i, j) -> (i, j)>", "affine_map<(i, j) -> (i)>", "affine_map<(i, j) -> (j)>"


def matrix(t):
    return f"tensor<?x?x{t}>"


def function(inputs, result, body):
    arguments = ", ".join(f"%{name}: {kind} {{lacuna.name = \"{name}\"}}" for name, kind in inputs)
    return f"func.func @main({arguments}) -> {result} {{\n{body}\n}}\n"


def sizes_of(name, kind, rank=2):
    return "".join(f"  %c{i}{name} = arith.constant {i} : index\n  %d{i}{name} = tensor.dim %{name}, %c{i}{name} : {kind}\n"
                   for i in range(rank))


def generic(name, maps, loops, inputs, init, kinds, result, body, arguments):
    ins = f"ins({', '.join(inputs)} : {', '.join(kinds)}) " if inputs else ""
    iterators = ", ".join(f'"{loop}"' for loop in loops)
    return (f"  %{name} = linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = [{iterators}]}} "
            f"{ins}outs({init} : {result}) {{\n  ^bb0({arguments}):\n{body}\n  }} -> {result}\n")


def wide(t):
    """The type that sums are kept in."""
    return "f64" if t == "f64" else "f32"


def extend(value, name, t):
    w = wide(t)
    return f"    %{name} = arith.extf {value} : {t} to {w}\n" if w != t else ""


def row_reduction(name, x, t, init, term, combine):
    """Over j, in the wide type; `term` maps %v to %t."""
    w = wide(t)
    v = "%v" if w != t else "%a"
    body = extend("%a", "v", t) + term.replace("%v", v).replace("TYPE", w) + f"    %u = {combine} %o, %t : {w}\n    linalg.yield %u : {w}"
    return (f"  %i{name} = arith.constant {init} : {w}\n  %e{name} = tensor.empty(%d0x) : tensor<?x{w}>\n"
            f"  %f{name} = linalg.fill ins(%i{name} : {w}) outs(%e{name} : tensor<?x{w}>) -> tensor<?x{w}>\n" +
            generic(name, [EVERY, ROW], ["parallel", "reduction"], [x], f"%f{name}", [matrix(t)], f"tensor<?x{w}>", body,
                    f"%a: {t}, %o: {w}"))


IDENTITY_TERM = "    %z = arith.constant 0.0 : TYPE\n    %t = arith.addf %v, %z : TYPE\n"
SQUARE_TERM = "    %t = arith.mulf %v, %v : TYPE\n"


def softmax(t):
    k = matrix(t)
    return function([("x", k)], k, sizes_of("x", k) +
                    f"  %e = tensor.empty(%d0x, %d1x) : {k}\n"
                    f"  %y = linalg.softmax dimension(1) ins(%x : {k}) outs(%e : {k}) -> {k}\n  return %y : {k}")


def softmax_reference(x):
    e = np.exp(x - (np.max(x, axis=1, keepdims=True) if x.shape[1] else 0))
    return e / np.sum(e, axis=1, keepdims=True)


def logsumexp(t):
    """The largest of a row is read by the sum and once more behind it."""
    k, w = matrix(t), wide(t)
    row, wides = f"tensor<?x{w}>", matrix(w)
    least = "0xFFF0000000000000" if w == "f64" else "0xFF800000"
    return function([("x", k)], row, sizes_of("x", k) + f"  %ew = tensor.empty(%d0x, %d1x) : {wides}\n" +
                    row_reduction("max", "%x", t, least, IDENTITY_TERM, "arith.maximumf") +
                    generic("c", [EVERY, ROW, EVERY], ["parallel"] * 2, ["%x", "%max"], "%ew", [k, row], wides,
                            extend("%a", "v", t) + f"    %d = arith.subf {'%v' if w != t else '%a'}, %b : {w}\n"
                            f"    %r = math.exp %d : {w}\n    linalg.yield %r : {w}", f"%a: {t}, %b: {w}, %o: {w}") +
                    row_reduction("sum", "%c", w, "0.0", IDENTITY_TERM, "arith.addf") +
                    generic("y", ["affine_map<(i) -> (i)>"] * 3, ["parallel"], ["%sum", "%max"], "%esum", [row, row], row,
                            f"    %l = math.log %a : {w}\n    %r = arith.addf %l, %b : {w}\n    linalg.yield %r : {w}",
                            f"%a: {w}, %b: {w}, %o: {w}") + f"  return %y : {row}")


def logsumexp_reference(x):
    largest = np.max(x, axis=1, initial=-np.inf)
    return np.log(np.sum(np.exp(x - largest[:, None]), axis=1)) + largest


def norm(t, centered):
    k, w = matrix(t), wide(t)
    text = sizes_of("x", k) + f"  %n64 = arith.index_cast %d1x : index to i64\n  %count = arith.sitofp %n64 : i64 to {w}\n"
    text += f"  %e = tensor.empty(%d0x, %d1x) : {k}\n  %ew = tensor.empty(%d0x, %d1x) : {matrix(w)}\n"
    source, source_type = "%x", t
    if centered:
        text += row_reduction("sum", "%x", t, "0.0", IDENTITY_TERM, "arith.addf")
        v = "%v" if w != t else "%a"
        text += generic("c", [EVERY, ROW, EVERY], ["parallel"] * 2, ["%x", "%sum"], "%ew", [k, f"tensor<?x{w}>"], matrix(w),
                        extend("%a", "v", t) + f"    %m = arith.divf %b, %count : {w}\n    %r = arith.subf {v}, %m : {w}\n"
                        f"    linalg.yield %r : {w}", f"%a: {t}, %b: {w}, %o: {w}")
        source, source_type = "%c", w
    text += row_reduction("square", source, source_type, "0.0", SQUARE_TERM, "arith.addf")
    v = "%v" if source_type != w else "%a"
    back = f"    %q = arith.truncf %r : {w} to {t}\n    linalg.yield %q : {t}" if w != t else f"    linalg.yield %r : {t}"
    text += generic("y", [EVERY, ROW, COLUMN, EVERY], ["parallel"] * 2, [source, "%square", "%g"], "%e",
                    [matrix(source_type), f"tensor<?x{w}>", f"tensor<?x{w}>"], k,
                    (extend("%a", "v", source_type) if source_type != w else "") +
                    f"    %eps = arith.constant 1.0e-5 : {w}\n    %m = arith.divf %b, %count : {w}\n"
                    f"    %p = arith.addf %m, %eps : {w}\n    %s = math.rsqrt %p : {w}\n    %n = arith.mulf {v}, %s : {w}\n"
                    f"    %r = arith.mulf %n, %gv : {w}\n" + back,
                    f"%a: {source_type}, %b: {w}, %gv: {w}, %o: {t}")
    return function([("x", k), ("g", f"tensor<?x{w}>")], k, text + f"  return %y : {k}")


def norm_reference(centered):
    def reference(x, g):
        c = x - x.mean(axis=1, keepdims=True) if centered else x
        return c / np.sqrt((c * c).mean(axis=1, keepdims=True) + 1e-5) * g
    return reference


def elementwise(t, activation):
    """activation(x + r): a residual and what follows it."""
    k = matrix(t)
    body = (f"    %zero = arith.constant 0.0 : {t}\n    %s = arith.addf %xv, %bv : {t}\n    " +
            activation_body(activation, t).replace("\n", "\n    ") + f"\n    linalg.yield %r : {t}")
    return function([("x", k), ("b", k)], k, sizes_of("x", k) + f"  %empty = tensor.empty(%d0x, %d1x) : {k}\n" + generic(
        "y", [EVERY, EVERY, EVERY], ["parallel"] * 2, ["%x", "%b"], "%empty", [k, k], k, body, f"%xv: {t}, %bv: {t}, %o: {t}") +
        f"  return %y : {k}")


def reduction(t, over, kind):
    """Over rows (0), columns (1) or both, in the wide type."""
    k, w = matrix(t), wide(t)
    operation, init = {"sum": ("arith.addf", "0.0"), "max": ("arith.maximumf", "0xFFF0000000000000" if w == "f64" else "0xFF800000"),
                       "min": ("arith.minimumf", "0x7FF0000000000000" if w == "f64" else "0x7F800000")}[kind]
    out = {0: COLUMN, 1: ROW, 2: "affine_map<(i, j) -> ()>"}[over]
    loops = {0: ["reduction", "parallel"], 1: ["parallel", "reduction"], 2: ["reduction"] * 2}[over]
    size = {0: "(%d1x)", 1: "(%d0x)", 2: "()"}[over]
    result = f"tensor<?x{w}>" if over < 2 else f"tensor<{w}>"
    v = "%v" if w != t else "%a"
    return function([("x", k)], result, sizes_of("x", k) +
                    f"  %i = arith.constant {init} : {w}\n  %e = tensor.empty{size} : {result}\n"
                    f"  %f = linalg.fill ins(%i : {w}) outs(%e : {result}) -> {result}\n" +
                    generic("y", [EVERY, out], loops, ["%x"], "%f", [k], result,
                            extend("%a", "v", t) + f"    %r = {operation} {v}, %o : {w}\n    linalg.yield %r : {w}",
                            f"%a: {t}, %o: {w}") + f"  return %y : {result}")


def reduction_reference(over, kind):
    axis = {0: 0, 1: 1, 2: (0, 1)}[over]
    return {"sum": lambda x: np.sum(x, axis=axis), "max": lambda x: np.max(x, axis=axis, initial=-np.inf),
            "min": lambda x: np.min(x, axis=axis, initial=np.inf)}[kind]


def argmax(t):
    """The first position of the largest value; two results of one operation."""
    k = matrix(t)
    low = {"f64": "0xFFF0000000000000", "f32": "0xFF800000", "f16": "0xFC00", "bf16": "0xFF80"}[t]
    body = (f"    %j = linalg.index 1 : index\n    %n = arith.index_cast %j : index to i64\n"
            f"    %more = arith.cmpf ogt, %a, %best : {t}\n    %v = arith.select %more, %a, %best : {t}\n"
            f"    %p = arith.select %more, %n, %at : i64\n    linalg.yield %v, %p : {t}, i64")
    return function([("x", k)], "tensor<?xi64>", sizes_of("x", k) +
                    f"  %low = arith.constant {low} : {t}\n  %zero = arith.constant 0 : i64\n"
                    f"  %ev = tensor.empty(%d0x) : tensor<?x{t}>\n  %ep = tensor.empty(%d0x) : tensor<?xi64>\n"
                    f"  %fv = linalg.fill ins(%low : {t}) outs(%ev : tensor<?x{t}>) -> tensor<?x{t}>\n"
                    f"  %fp = linalg.fill ins(%zero : i64) outs(%ep : tensor<?xi64>) -> tensor<?xi64>\n"
                    f"  %y:2 = linalg.generic {{indexing_maps = [{EVERY}, {ROW}, {ROW}], iterator_types = [\"parallel\", \"reduction\"]}} "
                    f"ins(%x : {k}) outs(%fv, %fp : tensor<?x{t}>, tensor<?xi64>) {{\n  ^bb0(%a: {t}, %best: {t}, %at: i64):\n{body}\n"
                    f"  }} -> (tensor<?x{t}>, tensor<?xi64>)\n  return %y#1 : tensor<?xi64>")


def argmax_reference(x):
    return np.argmax(x, axis=1) if x.shape[1] else np.zeros(x.shape[0])


def concat(t, dim):
    k = matrix(t)
    return function([("x", k), ("r", k)], k,
                    f"  %y = tensor.concat dim({dim}) %x, %r : ({k}, {k}) -> {k}\n  return %y : {k}")


def transpose(t):
    k = matrix(t)
    return function([("x", k)], k, sizes_of("x", k) + f"  %e = tensor.empty(%d1x, %d0x) : {k}\n"
                    f"  %y = linalg.transpose ins(%x : {k}) outs(%e : {k}) permutation = [1, 0]\n  return %y : {k}")


def reshape(t):
    """[n, m] -> [n * m] -> exp -> [n, 1, m]: fusion has to see through it."""
    k = matrix(t)
    return function([("x", k)], f"tensor<?x1x?x{t}>", sizes_of("x", k) +
                    f"  %f = tensor.collapse_shape %x [[0, 1]] : {k} into tensor<?x{t}>\n"
                    f"  %cz = arith.constant 0 : index\n  %n = tensor.dim %f, %cz : tensor<?x{t}>\n"
                    f"  %e = tensor.empty(%n) : tensor<?x{t}>\n"
                    f"  %g = linalg.negf ins(%f : tensor<?x{t}>) outs(%e : tensor<?x{t}>) -> tensor<?x{t}>\n"
                    f"  %y = tensor.expand_shape %g [[0, 1, 2]] output_shape [%d0x, 1, %d1x] : tensor<?x{t}> into tensor<?x1x?x{t}>\n"
                    f"  return %y : tensor<?x1x?x{t}>")


def rotate(t):
    """concat(-x[:, half:], x[:, :half]): slices read in place."""
    k = matrix(t)
    return function([("x", k)], k, sizes_of("x", k) +
                    "  %two = arith.constant 2 : index\n  %h = arith.divui %d1x, %two : index\n  %l = arith.subi %d1x, %h : index\n"
                    f"  %a = tensor.extract_slice %x[0, 0] [%d0x, %h] [1, 1] : {k} to {k}\n"
                    f"  %b = tensor.extract_slice %x[0, %h] [%d0x, %l] [1, 1] : {k} to {k}\n"
                    f"  %e = tensor.empty(%d0x, %l) : {k}\n  %n = linalg.negf ins(%b : {k}) outs(%e : {k}) -> {k}\n"
                    f"  %y = tensor.concat dim(1) %n, %a : ({k}, {k}) -> {k}\n  return %y : {k}")


def rotate_reference(x):
    h = x.shape[1] // 2
    return np.concatenate([-x[:, h:], x[:, :h]], axis=1)


def pad(t):
    k = matrix(t)
    return function([("x", k)], k, f"  %p = arith.constant 1.5 : {t}\n  %y = tensor.pad %x low[1, 0] high[0, 2] {{\n"
                    f"  ^bb0(%i: index, %j: index):\n    tensor.yield %p : {t}\n  }} : {k} to {k}\n  return %y : {k}")


def batched(t, transposed):
    """One product for each of the first dimension, every size dynamic."""
    k, w = f"tensor<?x?x?x{t}>", wide(t)
    b = "affine_map<(b, m, n, k) -> (b, n, k)>" if transposed else "affine_map<(b, m, n, k) -> (b, k, n)>"
    extended = extend("%a", "av", t) + extend("%c", "cv", t)
    a, c = ("%av", "%cv") if w != t else ("%a", "%c")
    columns = 1 if transposed else 2
    result = f"tensor<?x?x?x{w}>"
    return function([("x", k), ("r", k)], result, sizes_of("x", k, 3) + sizes_of("r", k, 3) +
                    f"  %zero = arith.constant 0.0 : {w}\n  %e = tensor.empty(%d0x, %d1x, %d{columns}r) : {result}\n"
                    f"  %f = linalg.fill ins(%zero : {w}) outs(%e : {result}) -> {result}\n" +
                    generic("y", ["affine_map<(b, m, n, k) -> (b, m, k)>", b, "affine_map<(b, m, n, k) -> (b, m, n)>"],
                            ["parallel"] * 3 + ["reduction"], ["%x", "%r"], "%f", [k, k], result,
                            extended + f"    %p = arith.mulf {a}, {c} : {w}\n    %s = arith.addf %o, %p : {w}\n    linalg.yield %s : {w}",
                            f"%a: {t}, %c: {t}, %o: {w}") + f"  return %y : {result}")


def gram(t):
    """A product of few terms, whose tiles are large, and an epilogue."""
    k, w = matrix(t), wide(t)
    body = extend("%a", "av", t) + extend("%c", "cv", t)
    a, c = ("%av", "%cv") if w != t else ("%a", "%c")
    return function([("x", k)], matrix(w), sizes_of("x", k) +
                    f"  %zero = arith.constant 0.0 : {w}\n  %e = tensor.empty(%d0x, %d0x) : {matrix(w)}\n"
                    f"  %f = linalg.fill ins(%zero : {w}) outs(%e : {matrix(w)}) -> {matrix(w)}\n" +
                    generic("p", ["affine_map<(m, n, k) -> (m, k)>", "affine_map<(m, n, k) -> (n, k)>",
                                  "affine_map<(m, n, k) -> (m, n)>"], ["parallel"] * 2 + ["reduction"], ["%x", "%x"], "%f",
                            [k, k], matrix(w), body + f"    %m = arith.mulf {a}, {c} : {w}\n    %s = arith.addf %o, %m : {w}\n"
                            f"    linalg.yield %s : {w}", f"%a: {t}, %c: {t}, %o: {w}") +
                    f"  %y = linalg.tanh ins(%p : {matrix(w)}) outs(%e : {matrix(w)}) -> {matrix(w)}\n  return %y : {matrix(w)}")


def gather(t):
    return function([("x", matrix(t)), ("ids", "tensor<?xi64>")], matrix(t), sizes_of("x", matrix(t)) + sizes_of("ids", "tensor<?xi64>", 1) +
                    f"  %e = tensor.empty(%d0ids, %d1x) : {matrix(t)}\n" +
                    generic("y", [ROW, EVERY], ["parallel"] * 2, ["%ids"], "%e", ["tensor<?xi64>"], matrix(t),
                            "    %i = arith.index_cast %a : i64 to index\n    %j = linalg.index 1 : index\n"
                            "    %zero = arith.constant 0 : index\n    %low = arith.cmpi sge, %i, %zero : index\n"
                            "    cf.assert %low, \"index must not be negative\"\n    %high = arith.cmpi slt, %i, %d0x : index\n"
                            "    cf.assert %high, \"index must be smaller than the table\"\n"
                            f"    %v = tensor.extract %x[%i, %j] : {matrix(t)}\n    linalg.yield %v : {t}", f"%a: i64, %o: {t}") +
                    f"  return %y : {matrix(t)}")


class Part:
    """A part: its IR, its reference in float64, and how far off it may be: in
    roundoffs of its result, of sums over `sums` terms, and absolutely."""

    def __init__(self, name, text, reference, inputs, out=None, steps=2, sums=False, special=False):
        self.name, self.text, self.reference, self.inputs = name, text, reference, inputs
        self.out, self.steps, self.sums, self.special = out, steps, sums, special


def parts():
    for t in FLOATS:
        w = wide(t)
        one, two = (lambda r, n, m: [r(n, m)]), (lambda r, n, m: [r(n, m), r(n, m)])
        yield t, Part("softmax", softmax(t), softmax_reference, one, steps=16, sums=True, special=True)
        yield t, Part("logsumexp", logsumexp(t), logsumexp_reference, one, out=w, steps=16, sums=True)
        for centered in (True, False):
            yield t, Part("layernorm" if centered else "rmsnorm", norm(t, centered), norm_reference(centered),
                          lambda r, n, m, w=w: [r(n, m), (r(m), w)], steps=8, sums=True)
        for activation, reference in ACTIVATIONS.items():
            yield t, Part(f"residual + {activation}", elementwise(t, activation),
                          lambda x, r, f=reference: f(x + r), two, steps=16, special=activation in ("none", "relu"))
        for over in range(3):
            for kind in ("sum", "max", "min"):
                yield t, Part(f"{kind} over {over}", reduction(t, over, kind), reduction_reference(over, kind), one, out=w,
                              steps=1, sums=kind == "sum", special=kind != "sum")
        yield t, Part("argmax", argmax(t), argmax_reference, one, out="i64", steps=0)
        for dim in (0, 1):
            yield t, Part(f"concat {dim}", concat(t, dim), lambda x, r, d=dim: np.concatenate([x, r], axis=d), two, steps=0, special=True)
        yield t, Part("transpose", transpose(t), lambda x: x.T, one, steps=0, special=True)
        yield t, Part("reshape", reshape(t), lambda x: -x[:, None, :], one, steps=0, special=True)
        yield t, Part("rotate", rotate(t), rotate_reference, one, steps=0, special=True)
        yield t, Part("pad", pad(t), lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=1.5), one, steps=0)
        yield t, Part("batched", batched(t, False), lambda x, r: x @ r, lambda r, n, m: [r(3, n, m), r(3, m, 5)], out=w, steps=1, sums=True)
        yield t, Part("gram", gram(t), lambda x: np.tanh(x @ x.T), one, out=w, steps=16, sums=True)
        yield t, Part("batched transposed", batched(t, True), lambda x, r: x @ np.swapaxes(r, 1, 2),
                      lambda r, n, m: [r(2, n, m), r(2, 70, m)], out=w, steps=1, sums=True)


def bound_of(part, t, arrays, expected):
    out = part.out or t
    if out == "i64" or part.steps == 0:
        return np.zeros_like(expected)
    with np.errstate(all="ignore"):
        bound = part.steps * ROUNDOFF[out] * (np.abs(expected) + (1 if part.steps > 2 else 0))
        if part.sums:
            terms = max(arrays[0].shape[-1], arrays[0].size if expected.ndim == 0 else 0, arrays[0].shape[0])
            magnitude = max([1.0] + [np.max(np.abs(a)) for a in arrays if a.size])
            bound = bound + 2 * ROUNDOFF[wide(t)] * (terms + 8) * magnitude ** 2
    return bound + (1e-7 if out in ("f16", "bf16", "f32") else 1e-14)


def run_part(t, part, directory, rng):
    source = f"{directory}/m.mlir"
    open(source, "w").write(part.text)
    compile_model(source, f"{directory}/m")
    model = Model(f"{directory}/m.so")

    def check(what, arrays, kinds):
        stored = [store(a, k) for a, k in zip(arrays, kinds)]
        exact = [load(s, k) for s, k in zip(stored, kinds)]
        (y,) = model.run(*stored)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mean of nothing
            expected = np.asarray(part.reference(*exact), np.float64)
        out = part.out or t
        actual = y.astype(np.float64) if out == "i64" else load(y, out)
        assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
        compare(what, actual, expected, bound_of(part, t, exact, expected))

    for n, m in SIZES:
        drawn = part.inputs(lambda *shape: rng.standard_normal(shape), n, m)
        arrays = [a[0] if isinstance(a, tuple) else a for a in drawn]
        kinds = [a[1] if isinstance(a, tuple) else t for a in drawn]
        check(f"{part.name} {t} {n}x{m}", arrays, kinds)
        if part.special and n and m:
            # IEEE meaning: infinities and NaN go where arithmetic sends them.
            for value in (np.inf, -np.inf, np.nan, -0.0):
                arrays[0][rng.integers(n), rng.integers(m)] = value
                check(f"{part.name} {t} {n}x{m} with {value}", arrays, kinds)


def run_gather(directory, rng):
    """Rows of a table; an index outside is a status, not a crash. A kernel cannot
    say more than that it trapped."""
    open(f"{directory}/m.mlir", "w").write(gather("f32"))
    compile_model(f"{directory}/m.mlir", f"{directory}/m")
    model = Model(f"{directory}/m.so")
    table = rng.standard_normal((37, 19)).astype(np.float32)
    for count in (0, 1, 5, 1000):
        ids = rng.integers(0, 37, count)
        (y,) = model.run(table, ids)
        assert np.array_equal(y, table[ids]), f"gather of {count}"
    words = ("smaller", "negative", "smaller") if DEVICE == "cpu" else ("trap",) * 3
    for bad, word in zip((37, -1, 2**40), words):
        ids = np.zeros(1000, np.int64)
        ids[777] = bad
        try:
            model.run(table, ids)
        except RuntimeError as e:
            assert word in str(e), f"index {bad}: {e}"
        else:
            raise AssertionError(f"index {bad} of 37 rows was not refused")
        (y,) = model.run(table, ids * 0)  # the session stays usable
        assert np.array_equal(y, table[ids * 0])


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    failed = count = 0
    jobs = [(f"{part.name} {t}", lambda d, t=t, p=part: run_part(t, p, d, rng)) for t, part in parts()]
    for name, job in jobs + [("gather", lambda d: run_gather(d, rng))]:
        count += 1
        with tempfile.TemporaryDirectory() as directory:
            try:
                job(directory)
            except (AssertionError, RuntimeError) as e:
                failed += 1
                print(f"FAILED {name}\n  {e}"[:2000], flush=True)
    print(f"{count} parts, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
