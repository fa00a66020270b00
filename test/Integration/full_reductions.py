# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""One number of all elements on the CPU: sums, products and extrema, with what
they are made of computed before, against NumPy in float64, at sizes around
those of partial sums, none included. One thread and three give the same bits.
LACUNA_TEST_SEED repeats a run.
"""
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model

SHAPES = [(0, 5), (5, 0), (1, 1), (3, 7), (1, 16385), (16384, 1), (31, 1000), (517, 1023), (5000, 64)]
NUMPY = {"f32": np.float32, "f64": np.float64, "i32": np.int32}
# type, operation, start, NumPy's reduction, whether the squares are reduced
CASES = [("f32", "arith.addf", "0.0", np.sum, False), ("f32", "arith.addf", "0.0", np.sum, True),
         ("f64", "arith.addf", "2.5", np.sum, True), ("f32", "arith.maximumf", "-1.0e30", np.max, False),
         ("f32", "arith.minnumf", "1.0e30", np.min, False), ("i32", "arith.addi", "7", np.sum, True),
         ("i32", "arith.maxsi", "-5000", np.max, False), ("i32", "arith.xori", "0", np.bitwise_xor.reduce, False)]


def text(kind, operation, start, squares):
    t = f"tensor<?x?x{kind}>"
    multiply = "arith.muli" if kind[0] == "i" else "arith.mulf"
    return f"""
func.func @main(%x: {t}) -> tensor<{kind}> {{
  %s = arith.constant {start} : {kind}
  %e = tensor.empty() : tensor<{kind}>
  %f = linalg.fill ins(%s : {kind}) outs(%e : tensor<{kind}>) -> tensor<{kind}>
  %r = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>],
      iterator_types = ["reduction", "reduction"]}} ins(%x : {t}) outs(%f : tensor<{kind}>) {{
  ^bb0(%a: {kind}, %o: {kind}):
    %q = {multiply} %a, %a : {kind}
    %c = {operation} %{'q' if squares else 'a'}, %o : {kind}
    linalg.yield %c : {kind}
  }} -> tensor<{kind}>
  return %r : tensor<{kind}>
}}
"""


def check(directory, rng, kind, operation, start, reduce, squares):
    model = os.path.join(directory, "model")
    with open(model + ".mlir", "w") as file:
        file.write(text(kind, operation, start, squares))
    compile_model(model + ".mlir", model)
    models = [Model(model + ".so", [], threads) for threads in (1, 3)]
    for shape in SHAPES:
        x = (rng.integers(-1000, 1000, shape) if kind == "i32" else rng.standard_normal(shape)).astype(NUMPY[kind])
        one, three = (m.run(x)[0] for m in models)
        where = (kind, operation, shape, one, three)
        assert one.tobytes() == three.tobytes(), where
        wide = x.astype(np.int64 if kind == "i32" else np.float64)
        values = np.append((wide**2 if squares else wide).ravel(), wide.dtype.type(float(start)))
        expected = reduce(values)
        if kind == "i32":
            assert one == expected.astype(np.int32), (*where, expected)
        elif reduce is np.sum:
            # Each element passes fewer additions than there are in a partial sum and among them.
            bound = np.abs(values).sum() * min(values.size + 2, 20000) * np.finfo(NUMPY[kind]).eps
            assert abs(one - expected) <= bound, (*where, expected)
        else:
            assert one == np.float32(expected), (*where, expected)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print("LACUNA_TEST_SEED =", seed)
    rng = np.random.default_rng(seed)
    for case in CASES:
        with tempfile.TemporaryDirectory() as directory:
            check(directory, rng, *case)
    print(len(CASES) * len(SHAPES), "reductions")


if __name__ == "__main__":
    main()
