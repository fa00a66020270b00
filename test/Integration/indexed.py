# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_90a %python %s
"""tensor.gather, scatter and generate, and scatters that add, against NumPy: of
several updates for one place the last one stays, or all are added in their
order. A coordinate outside of the tensor ends the run. LACUNA_TEST_SEED repeats
a run."""
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import DEVICE, Model, compile_model
from lacuna_test.types import load, store

# Rows of x by coordinates along one dimension or two, with their dimension kept
# or dropped; all sizes but those of x are dynamic.
GATHER = """
func.func @main(%x: tensor<?x6x?xT> {lacuna.name = "x"}, %i: tensor<?x1xI> {lacuna.name = "i"},
                %j: tensor<?x3x2xI> {lacuna.name = "j"}) -> (tensor<?x6x?xT>, tensor<?x3x1x6x1xT>) {
  %a = tensor.gather %x[%i] gather_dims([0]) : (tensor<?x6x?xT>, tensor<?x1xI>) -> tensor<?x6x?xT>
  %b = tensor.gather %x[%j] gather_dims([0, 2]) : (tensor<?x6x?xT>, tensor<?x3x2xI>) -> tensor<?x3x1x6x1xT>
  return %a, %b : tensor<?x6x?xT>, tensor<?x3x1x6x1xT>
}
"""
SCATTER = """
func.func @main(%x: tensor<?x6x?xT> {lacuna.name = "x"}, %i: tensor<?x1xI> {lacuna.name = "i"}, %u: tensor<?x6x?xT> {lacuna.name = "u"},
                %j: tensor<?x3x2xI> {lacuna.name = "j"}, %v: tensor<?x3x1x6x1xT> {lacuna.name = "v"})
    -> (tensor<?x6x?xT>, tensor<?x6x?xT>) {
  %a = tensor.scatter %u into %x[%i] scatter_dims([0]) unique : (tensor<?x6x?xT>, tensor<?x6x?xT>, tensor<?x1xI>) -> tensor<?x6x?xT>
  %b = tensor.scatter %v into %x[%j] scatter_dims([0, 2]) unique : (tensor<?x3x1x6x1xT>, tensor<?x6x?xT>, tensor<?x3x2xI>) -> tensor<?x6x?xT>
  return %a, %b : tensor<?x6x?xT>, tensor<?x6x?xT>
}
"""
ADD = """
#at = affine_map<(i, j, k) -> (k)>
#update = affine_map<(i, j, k) -> (k, j)>
#result = affine_map<(i, j, k) -> (i, j)>
func.func @main(%x: tensor<?x?xT> {lacuna.name = "x"}, %p: tensor<?xI> {lacuna.name = "p"}, %u: tensor<?x?xT> {lacuna.name = "u"}) -> tensor<?x?xT> {
  %r = linalg.generic {indexing_maps = [#at, #update, #result], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%p, %u : tensor<?xI>, tensor<?x?xT>) outs(%x : tensor<?x?xT>) {
  ^bb0(%k: I, %a: T, %y: T):
    %i = linalg.index 0 : index
    %at = arith.index_cast %k : I to index
    %here = arith.cmpi eq, %at, %i : index
    %s = arith.addf %y, %a : T
    %v = arith.select %here, %s, %y : T
    linalg.yield %v : T
  } -> tensor<?x?xT>
  return %r : tensor<?x?xT>
}
"""
# Each element by its place: x turned around, of which a part is computed by index.
GENERATE = """
func.func @main(%x: tensor<?x8xf32> {lacuna.name = "x"}) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %last = arith.subi %n, %c1 : index
  %g = tensor.generate %n {
  ^bb0(%i: index, %j: index):
    %a = arith.subi %last, %i : index
    %b = arith.subi %c7, %j : index
    %v = tensor.extract %x[%a, %b] : tensor<?x8xf32>
    %k = arith.index_cast %i : index to i64
    %f = arith.sitofp %k : i64 to f32
    %w = arith.addf %v, %f : f32
    tensor.yield %w : f32
  } : tensor<?x8xf32>
  return %g : tensor<?x8xf32>
}
"""


def build(text, directory, name):
    path = f"{directory}/{name}"
    with open(f"{path}.mlir", "w") as file:
        file.write(text)
    compile_model(f"{path}.mlir", path)
    return Model(f"{path}.so")


def fails(model, *arrays):
    """A device that trapped takes no more work."""
    try:
        model.run(*arrays)
    except RuntimeError:
        return True
    return False


def check_moves(directory, rng, t, i, kind):
    gather = build(GATHER.replace("xT", f"x{t}").replace("xI", f"x{i}"), directory, f"gather-{t}-{i}")
    scatter = build(SCATTER.replace("xT", f"x{t}").replace("xI", f"x{i}"), directory, f"scatter-{t}-{i}")
    for rows, count, inner in ((1, 1, 1), (9, 4, 17), (40, 7, 8), (5, 0, 3), (300, 33, 40)):
        x = store(rng.standard_normal((rows, 6, inner)), t)
        at = rng.integers(0, rows, (count, 1)).astype(kind)
        pair = np.stack([rng.integers(0, rows, (count, 3)), rng.integers(0, inner, (count, 3))], -1).astype(kind)
        a, b = gather.run(x, at, pair)
        assert np.array_equal(a, x[at[:, 0]]), (t, i, rows, count, inner)
        assert np.array_equal(b[:, :, 0, :, 0], x[pair[..., 0], :, pair[..., 1]]), (t, i, rows, count, inner)
        u = store(rng.standard_normal((count, 6, inner)), t)
        v = store(rng.standard_normal((count, 3, 1, 6, 1)), t)
        a, b = scatter.run(x, at, u, pair, v)
        first, second = x.copy(), x.copy()
        for k in range(count):  # in their order, so the last one stays
            first[at[k, 0]] = u[k]
            for l in range(3):
                second[pair[k, l, 0], :, pair[k, l, 1]] = v[k, l, 0, :, 0]
        assert np.array_equal(a, first) and np.array_equal(b, second), (t, i, rows, count, inner)
    if t == "f32":
        x = store(rng.standard_normal((4, 6, 5)), t)
        inside, pair = np.zeros((1, 1), kind), np.zeros((1, 3, 2), kind)
        for outside in (-1, 4):
            for model, values in ((gather, ()), (scatter, (store(np.ones((1, 6, 5)), t),))):
                more = (pair, store(np.ones((1, 3, 1, 6, 1)), t)) if values else (pair,)
                again = Model(f"{directory}/{'scatter' if values else 'gather'}-{t}-{i}.so")
                assert not fails(again, x, inside, *values, *more)
                assert fails(again, x, inside + kind(outside), *values, *more), (t, i, outside)


def check_sums(directory, rng, t):
    """Sums in the order of the updates, to the last bit, and no read of an
    update but by the elements that it is for."""
    model = build(ADD.replace("xT", f"x{t}").replace(": T", f": {t}").replace("xI", "xi64").replace(": I", ": i64"),
                  directory, f"add-{t}")
    for rows, count, inner in ((1, 1, 1), (8, 30, 33), (100, 12, 64), (6, 0, 5)):
        x = store(rng.standard_normal((rows, inner)), t)
        at = rng.integers(0, rows, count)
        u = store(rng.standard_normal((count, inner)), t)
        if DEVICE != "cpu":
            model.reset_counters()
        (y,) = model.run(x, at, u)
        expected = x.copy()
        for k in range(count):
            expected[at[k]] = store(load(expected[at[k]], t) + load(u[k], t), t)
        assert np.array_equal(y, expected), (t, rows, count, inner)
        if DEVICE != "cpu":
            counts = model.counters()
            elements = rows * inner
            assert counts["global.store.bytes"] == x.nbytes, counts
            assert counts["global.load.bytes"] == x.nbytes + elements * count * 8 + u.nbytes, counts


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    rng = np.random.default_rng(seed)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as directory:
        for t, i, kind in (("f32", "i64", np.int64), ("f16", "i32", np.int32), ("bf16", "i64", np.int64)):
            check_moves(directory, rng, t, i, kind)
        for t in ("f32", "f64"):
            check_sums(directory, rng, t)
        generate = build(GENERATE, directory, "generate")
        for rows in (0, 1, 7, 100):
            x = rng.standard_normal((rows, 8)).astype(np.float32)
            (y,) = generate.run(x)
            assert np.array_equal(y, x[::-1, ::-1] + np.arange(rows, dtype=np.float32)[:, None]), rows
    print("indexed operations: all as NumPy")


if __name__ == "__main__":
    main()
