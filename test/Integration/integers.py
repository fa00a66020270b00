# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_80 %python %s
"""Quotients, remainders, absolute values, comparisons and contractions of integers of every
width, exactly, against Python's integers. Every divisor is defined: zero counts
as 1, and the least number by -1 is itself, as is its absolute value. LACUNA_TEST_SEED repeats
a run.
"""
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import DEVICE, Model, compile_model

EVERY = "affine_map<(i, j) -> (i, j)>"
NT = "affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>"


def module(t):
    k, b = f"tensor<?x?x{t}>", "tensor<?x?xi1>"
    maps = ", ".join([EVERY] * 7)
    return f"""
func.func @main(%x: {k}, %y: {k}) -> ({k}, {k}, {k}, {b}, {k}, {k}) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : {t}
  %n = tensor.dim %x, %c0 : {k}
  %m = tensor.dim %x, %c1 : {k}
  %e = tensor.empty(%n, %m) : {k}
  %eb = tensor.empty(%n, %m) : {b}
  %q:5 = linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel", "parallel"]}}
      ins(%x, %y : {k}, {k}) outs(%e, %e, %e, %eb, %e : {k}, {k}, {k}, {b}, {k}) {{
  ^bb0(%a: {t}, %c: {t}, %o: {t}, %o2: {t}, %o3: {t}, %o4: i1, %o5: {t}):
    %d = arith.divsi %a, %c : {t}
    %r = arith.remsi %a, %c : {t}
    %f = arith.floordivsi %a, %c : {t}
    %g = arith.cmpi sgt, %a, %c : {t}
    %h = math.absi %a : {t}
    linalg.yield %d, %r, %f, %g, %h : {t}, {t}, {t}, i1, {t}
  }} -> ({k}, {k}, {k}, {b}, {k})
  %ee = tensor.empty(%n, %n) : {k}
  %ff = linalg.fill ins(%zero : {t}) outs(%ee : {k}) -> {k}
  %p = linalg.matmul indexing_maps = [{NT}] ins(%x, %y : {k}, {k}) outs(%ff : {k}) -> {k}
  return %q#0, %q#1, %q#2, %q#3, %q#4, %p : {k}, {k}, {k}, {b}, {k}, {k}
}}
"""


def check(bits, directory, rng):
    dtype = np.dtype(f"int{bits}")
    low, high = -2**(bits - 1), 2**(bits - 1) - 1
    open(f"{directory}/m.mlir", "w").write(module(f"i{bits}"))
    compile_model(f"{directory}/m.mlir", f"{directory}/m")
    model = Model(f"{directory}/m.so")
    for shape in ((0, 3), (1, 1), (7, 33), (40, 20)):
        x = rng.integers(low, high, shape, dtype=dtype, endpoint=True)
        y = rng.integers(-4, 5, shape).astype(dtype)
        if x.size > 5:
            x.reshape(-1)[:5], y.reshape(-1)[:5] = low, [-1, 0, 1, -1, 2]
        a, b = x.astype(object), y.astype(object)
        divisor = np.where(b == 0, 1, b)
        wrap = np.vectorize(lambda v: (v - low) % 2**bits + low, otypes=[object])
        truncated = np.vectorize(lambda p, q: abs(p) // abs(q) * (1 if (p < 0) == (q < 0) else -1), otypes=[object])
        expected = {} if not x.size else {
            "quotient": wrap(truncated(a, divisor)), "remainder": a - truncated(a, divisor) * divisor,
            "floor": wrap(a // divisor), "greater": a > b, "absolute": wrap(abs(a)), "product": wrap(a @ b.T)}
        for (name, value), actual in zip(expected.items(), model.run(x, y)):
            assert np.array_equal(actual, value.astype(actual.dtype)), f"{name} of i{bits}, {shape}"


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed} on {DEVICE}")
    rng = np.random.default_rng(seed)
    for bits in (8, 16, 32, 64):
        with tempfile.TemporaryDirectory() as directory:
            check(bits, directory, rng)


if __name__ == "__main__":
    main()
