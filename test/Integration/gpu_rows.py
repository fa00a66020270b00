# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_80 %python %s
"""The kernels of lower-dispatches-to-rows, executed by the emulator, against
float64 computed by NumPy, with what the emulator counted: rows are read from
global memory once, nothing is in local memory, and transposes have no bank
conflict.

network_parts.py runs the same parts with all sizes dynamic; here rows have
static lengths, from tiny ones to those that fit no register file, and there are
groups that a network has: a masked softmax, a rotary embedding, embeddings under
a norm, permutations of heads, flags and integers. LACUNA_TEST_SEED repeats a
run."""
import itertools
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
import network_parts as parts
from contraction_matrix import compare
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import ROUNDOFF, load, store

COUNT = itertools.count()
BYTES = {"f64": 8, "f32": 4, "f16": 2, "bf16": 2}
# Lengths of rows: a lane, some lanes, a warp, blocks in one and several turns,
# multiples of 16 bytes and not, and more than registers hold.
LENGTHS = [1, 7, 16, 17, 64, 100, 127, 512, 768, 1000, 1022, 4096, 5000, 20000]


def fixed(text, length):
    """The part with rows of a static length."""
    return (text.replace("?x?x", f"?x{length}x").replace("(%d0x, %d1x)", "(%d0x)")
            .replace("output_shape [%d0x, 1, %d1x]", f"output_shape [%d0x, 1, {length}]")
            .replace("?x1x?x", f"?x1x{length}x"))


def build(text, directory):
    # A library that is loaded stays so: each has a name of its own.
    path = f"{directory}/m{next(COUNT)}"
    open(f"{path}.mlir", "w").write(text)
    compile_model(f"{path}.mlir", path)
    return Model(f"{path}.so")


def counted(model, *arrays):
    model.reset_counters()
    results = model.run(*arrays)
    counts = model.counters()
    assert counts["local.bytes"] == 0, counts
    return results, counts


def check_rows(model, rng, t, name, reference, steps, weighted, length):
    """Row reductions: one read of x, one of the weights for each row."""
    w = parts.wide(t)
    for rows in (0, 1, 5, 33) if length < 4096 else (3,):
        x = store(rng.standard_normal((rows, length)), t)
        arrays = [x] + ([store(rng.standard_normal(length), w)] if weighted else [])
        (y,), counts = counted(model, *arrays)
        exact = [load(a, k) for a, k in zip(arrays, (t, w))]
        with np.errstate(all="ignore"):
            expected = reference(*exact)
        what = f"{name} {t} {rows}x{length}"
        bound = steps * ROUNDOFF[t] * (np.abs(expected) + 1) + 2 * ROUNDOFF[w] * (length + 8) * 16 + 1e-7
        compare(what, load(y, t), expected, bound)
        size = rows * length * BYTES[t]
        read = size + (rows * length * BYTES[w] if weighted else 0)
        assert counts["global.store.bytes"] == size, (what, counts)
        # What shared memory does not hold is read again; of one element, it is
        # no row.
        if 1 < length < 20000:
            assert counts["global.load.bytes"] == read, (what, counts, read)


def run_rows(directory, rng):
    """Every length occurs, in some of the reductions; LACUNA_TEST_LONG: in all."""
    dealt = itertools.cycle(rng.permutation(LENGTHS).tolist())
    each = len(LENGTHS) if os.environ.get("LACUNA_TEST_LONG") else 4
    for t in ("f32", "f16", "bf16"):
        reductions = [("softmax", parts.softmax(t), parts.softmax_reference, 16, False),
                      ("layernorm", parts.norm(t, True), parts.norm_reference(True), 8, True),
                      ("rmsnorm", parts.norm(t, False), parts.norm_reference(False), 8, True)]
        for name, text, *rest in reductions:
            for length in itertools.islice(dealt, each):
                check_rows(build(fixed(text, length), directory), rng, t, name, *rest, length)
            dynamic = build(text, directory)
            for length in (1, 17, 64, 1000, 1025, 2051, 4096, 30000):
                check_rows(dynamic, rng, t, f"dynamic {name}", *rest, length)


def run_special(directory, rng):
    """NaN and infinities go where arithmetic sends them, in every place of a row."""
    for length in (7, 64, 1000, 5000):
        model = build(fixed(parts.softmax("f32"), length), directory)
        for value in (np.nan, np.inf, -np.inf):
            x = rng.standard_normal((3, length)).astype(np.float32)
            x[1, rng.integers(length)] = value
            with np.errstate(all="ignore"):
                expected = parts.softmax_reference(x.astype(np.float64))
            (y,), _ = counted(model, x)
            compare(f"softmax of {length} with {value}", y.astype(np.float64), expected, 1e-5 * np.ones_like(expected))


def run_argmax(directory, rng):
    """The first of equal values, and the place before a NaN that becomes the
    largest (arith.maximumf)."""
    for t in ("f32", "f16"):
        plain = parts.argmax(t)
        loud = plain.replace(f"%v = arith.select %more, %a, %best : {t}", f"%v = arith.maximumf %a, %best : {t}")
        assert loud != plain
        dynamic = {text: build(text, directory) for text in (plain, loud)}
        for length in (1, 7, 64, 1000, 5000):
            for text in (plain, loud):
                for static in (True, False):
                    model = build(fixed(text, length), directory) if static else dynamic[text]
                    x = store(rng.integers(-3, 4, (9, length)).astype(np.float64), t)
                    (y,), _ = counted(model, x)
                    assert np.array_equal(y, np.argmax(load(x, t), axis=1)), (t, length, static)
                    if text is loud and length > 1:
                        at = int(rng.integers(1, length))
                        x[4, at] = np.nan
                        # The loop as it stands: nothing is larger than a NaN.
                        expected = np.argmax(load(x, t)[:, :at], axis=1)
                        (y,), _ = counted(model, x)
                        assert y[4] == expected[4], (t, length, static, at, y[4], expected[4])


def run_moves(directory, rng):
    """Copies, exactly, with one read of each element."""
    for t in ("f32", "f16", "bf16"):
        for (n, m) in ((1, 1), (5, 17), (64, 64), (33, 100), (100, 8), (130, 257), (0, 16)):
            for static in (True, False):
                if m < 2 and static:  # no transpose: a view
                    continue
                text = parts.transpose(t)
                if static:
                    text = text.replace("%x: tensor<?x?x", f"%x: tensor<?x{m}x").replace(
                        "ins(%x : tensor<?x?x", f"ins(%x : tensor<?x{m}x").replace(
                        "tensor.dim %x, %c0x : tensor<?x?x", f"tensor.dim %x, %c0x : tensor<?x{m}x").replace(
                        "tensor.dim %x, %c1x : tensor<?x?x", f"tensor.dim %x, %c1x : tensor<?x{m}x").replace(
                        "(%d1x, %d0x) : tensor<?x?x", f"(%d0x) : tensor<{m}x?x").replace(
                        "outs(%e : tensor<?x?x", f"outs(%e : tensor<{m}x?x").replace(
                        "return %y : tensor<?x?x", f"return %y : tensor<{m}x?x").replace(
                        "-> tensor<?x?x", f"-> tensor<{m}x?x")
                model = build(text, directory)
                x = store(rng.standard_normal((n, m)), t)
                (y,), counts = counted(model, x)
                assert np.array_equal(y, x.T), (t, n, m, static)
                assert counts["global.load.bytes"] == x.nbytes and counts["shared.bank.conflicts"] == 0, counts
    heads = """
#from = affine_map<(b, h, l, d) -> (b, l, h, d)>
#to = affine_map<(b, h, l, d) -> (b, h, l, d)>
func.func @main(%x: tensor<?x?x4xDxT> {lacuna.name = "x"}) -> tensor<?x4x?xDxT> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = tensor.dim %x, %c0 : tensor<?x?x4xDxT>
  %l = tensor.dim %x, %c1 : tensor<?x?x4xDxT>
  %e = tensor.empty(%b, %l) : tensor<?x4x?xDxT>
  %y = linalg.generic {indexing_maps = [#from, #to], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : tensor<?x?x4xDxT>) outs(%e : tensor<?x4x?xDxT>) {
  ^bb0(%a: T, %o: T):
    linalg.yield %a : T
  } -> tensor<?x4x?xDxT>
  return %y : tensor<?x4x?xDxT>
}
"""
    turned = heads.replace("(b, h, l, d)>\nfunc", "(b, h, d, l)>\nfunc").replace("?x4x?xDx", "?x4xDx?x")
    for t in ("f32", "f16"):
        for d in (1, 16, 13, 64):
            for text, order in ((heads, (0, 2, 1, 3)), (turned, (0, 2, 3, 1))):
                text = text.replace("xDxT", f"x{d}x{t}").replace("xDx?xT", f"x{d}x?x{t}").replace(": T", f": {t}")
                if text.count("(b, h, d, l)"):
                    text = text.replace("affine_map<(b, h, l, d) -> (b, l, h, d)>", "affine_map<(b, h, d, l) -> (b, l, h, d)>")
                    text = text.replace("affine_map<(b, h, l, d) -> (b, h, d, l)>", "affine_map<(b, h, d, l) -> (b, h, d, l)>")
                model = build(text, directory)
                for b, l in ((1, 1), (2, 5), (3, 40), (0, 4)):
                    x = store(rng.standard_normal((b, l, 4, d)), t)
                    (y,), counts = counted(model, x)
                    assert np.array_equal(y, x.transpose(order)), (t, d, order, b, l)
                    assert counts["global.load.bytes"] == x.nbytes and counts["shared.bank.conflicts"] == 0, (d, order, b, l, counts)


MASKED = """
#all = affine_map<(b, h, i, j) -> (b, h, i, j)>
#row = affine_map<(b, h, i, j) -> (b, h, i)>
#key = affine_map<(b, h, i, j) -> (b, j)>
func.func @main(%x: tensor<?x3x?x?xf32> {lacuna.name = "x"}, %m: tensor<?x?xi1> {lacuna.name = "m"}) -> tensor<?x3x?x?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %b = tensor.dim %x, %c0 : tensor<?x3x?x?xf32>
  %i = tensor.dim %x, %c2 : tensor<?x3x?x?xf32>
  %j = tensor.dim %x, %c3 : tensor<?x3x?x?xf32>
  %e = tensor.empty(%b, %i, %j) : tensor<?x3x?x?xf32>
  %s = linalg.generic {indexing_maps = [#all, #key, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %m : tensor<?x3x?x?xf32>, tensor<?x?xi1>) outs(%e : tensor<?x3x?x?xf32>) {
  ^bb0(%a: f32, %k: i1, %o: f32):
    %c = arith.constant 0.25 : f32
    %low = arith.constant -1.0e9 : f32
    %p = arith.mulf %a, %c : f32
    %r = arith.select %k, %p, %low : f32
    linalg.yield %r : f32
  } -> tensor<?x3x?x?xf32>
  %y = linalg.softmax dimension(3) ins(%s : tensor<?x3x?x?xf32>) outs(%e : tensor<?x3x?x?xf32>) -> tensor<?x3x?x?xf32>
  return %y : tensor<?x3x?x?xf32>
}
"""


def run_masked(directory, rng):
    model = build(MASKED, directory)
    for b, i, j in ((1, 1, 1), (2, 5, 8), (2, 3, 17), (1, 2, 1100), (1, 2, 2053), (0, 3, 4)):
        x = rng.standard_normal((b, 3, i, j)).astype(np.float32)
        mask = rng.random((b, j)) < 0.7
        (y,), counts = counted(model, x, mask)
        scores = np.where(mask[:, None, None, :], x.astype(np.float64) * 0.25, -1e9)
        expected = parts.softmax_reference(scores.reshape(-1, j)).reshape(x.shape)
        compare(f"masked softmax {x.shape}", y.astype(np.float64), expected, 1e-5 * np.ones_like(expected))
        assert counts["global.load.bytes"] == x.nbytes + b * 3 * i * j, counts


INTEGERS = """
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main(%x: tensor<?xLxT> {lacuna.name = "x"}, %r: tensor<?xT> {lacuna.name = "r"}) -> (tensor<?xLxT>, tensor<?xLxi1>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xLxT>
  %e = tensor.empty(%n) : tensor<?xLxT>
  %f = tensor.empty(%n) : tensor<?xLxi1>
  %y:2 = linalg.generic {indexing_maps = [#all, #row, #all, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x, %r : tensor<?xLxT>, tensor<?xT>) outs(%e, %f : tensor<?xLxT>, tensor<?xLxi1>) {
  ^bb0(%a: T, %b: T, %o: T, %p: i1):
    %q = arith.divsi %a, %b : T
    %s = arith.subi %q, %a : T
    %k = linalg.index 1 : index
    %w = arith.index_cast %k : index to i64
    %v = CAST
    %t = arith.addi %s, %v : T
    %g = arith.cmpi sgt, %a, %b : T
    linalg.yield %t, %g : T, i1
  } -> (tensor<?xLxT>, tensor<?xLxi1>)
  return %y#0, %y#1 : tensor<?xLxT>, tensor<?xLxi1>
}
"""


def run_integers(directory, rng):
    """Division as the host's: by 0 it is one by 1."""
    for t, kind in (("i64", np.int64), ("i32", np.int32), ("i8", np.int8)):
        for length in (1, 16, 17, 40):
            cast = "arith.addi %w, %w : i64" if t == "i64" else f"arith.trunci %w : i64 to {t}"
            text = INTEGERS.replace("CAST", cast).replace("xLx", f"x{length}x").replace("xT>", f"x{t}>").replace(": T", f": {t}")
            model = build(text, directory)
            for rows in (1, 9, 0):
                x = rng.integers(-100, 100, (rows, length)).astype(kind)
                r = rng.integers(-3, 4, rows).astype(kind)
                (y, g), _ = counted(model, x, r)
                by = np.where(r == 0, 1, r)[:, None].astype(np.int64)
                quotient = np.trunc(x / by).astype(np.int64)
                places = np.arange(length) * (2 if t == "i64" else 1)
                assert np.array_equal(y, (quotient - x + places).astype(kind)), (t, length, rows)
                assert np.array_equal(g, x > r[:, None]), (t, length, rows)


EMBEDDED = """
#all = affine_map<(b, l, d) -> (b, l, d)>
#token = affine_map<(b, l, d) -> (b, l)>
#place = affine_map<(b, l, d) -> (l)>
func.func @main(%ids: tensor<?x?xi64> {lacuna.name = "ids"}, %at: tensor<?xi64> {lacuna.name = "at"},
                %x: tensor<37xDxT> {lacuna.name = "x"}, %p: tensor<9xDxT> {lacuna.name = "p"}) -> tensor<?x?xDxT> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c37 = arith.constant 37 : index
  %c9 = arith.constant 9 : index
  %b = tensor.dim %ids, %c0 : tensor<?x?xi64>
  %l = tensor.dim %ids, %c1 : tensor<?x?xi64>
  %e = tensor.empty(%b, %l) : tensor<?x?xDxT>
  %s = linalg.generic {indexing_maps = [#token, #place, #all], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%ids, %at : tensor<?x?xi64>, tensor<?xi64>) outs(%e : tensor<?x?xDxT>) {
  ^bb0(%i: i64, %k: i64, %o: T):
    %d = linalg.index 2 : index
    %m = arith.index_cast %i : i64 to index
    %n = arith.index_cast %k : i64 to index
    %t = arith.cmpi ult, %m, %c37 : index
    cf.assert %t, "index must be smaller than 37"
    %u = arith.cmpi ult, %n, %c9 : index
    cf.assert %u, "index must be smaller than 9"
    %v = tensor.extract %x[%m, %d] : tensor<37xDxT>
    %w = tensor.extract %p[%n, %d] : tensor<9xDxT>
    %r = arith.addf %v, %w : T
    linalg.yield %r : T
  } -> tensor<?x?xDxT>
  %y = linalg.softmax dimension(2) ins(%s : tensor<?x?xDxT>) outs(%e : tensor<?x?xDxT>) -> tensor<?x?xDxT>
  return %y : tensor<?x?xDxT>
}
"""


def run_embedded(directory, rng):
    """Rows of tables under a reduction: 16 bytes at a time, once."""
    for t in ("f32", "f16"):
        for d in (64, 13):
            model = build(EMBEDDED.replace("xDxT", f"x{d}x{t}").replace(": T", f": {t}"), directory)
            x, p = store(rng.standard_normal((37, d)), t), store(rng.standard_normal((9, d)), t)
            for b, l in ((2, 9), (1, 1), (0, 3)):
                ids, at = rng.integers(0, 37, (b, l)), rng.integers(0, 9, l)
                (y,), counts = counted(model, ids, at, x, p)
                rows = store(load(x, t)[ids] + load(p, t)[at][None], t)
                expected = parts.softmax_reference(load(rows, t).reshape(b * l, d)).reshape(b, l, d)
                compare(f"embeddings {t} {b}x{l}x{d}", load(y, t), expected, 16 * ROUNDOFF[t] * (np.abs(expected) + 1))
            try:
                model.run(ids[:0].reshape(0, 3), np.zeros(3, np.int64), x, p)
                model.run(np.full((1, 3), 37), np.zeros(3, np.int64), x, p)
            except RuntimeError as e:
                assert "trap" in str(e), e
            else:
                raise AssertionError("an index outside of the table was not refused")


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    chosen = sys.argv[1:] or ["rows", "special", "argmax", "moves", "masked", "integers", "embedded"]
    for name in chosen:
        with tempfile.TemporaryDirectory() as directory:
            globals()[f"run_{name}"](directory, rng)
        print(f"{name} passed", flush=True)


if __name__ == "__main__":
    main()
