# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""Weights that contractions read in panels (pack-panels): y = x W + b + r, with
r a number for each row, against NumPy in float64, for panels of one, two and
three vectors, both orders of the weight, depths around the block of k and rows
around those of register tiles.
The artifact's manifest must name the view. One thread and three give the same
bits. LACUNA_TEST_SEED repeats a run.
"""
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import save

ROWS = [0, 1, 2, 3, 5, 7, 8, 11, 12, 13, 16, 25, 47, 128, 133, 270]
# type, columns, depth, weight stored columns by depth
CASES = [("f32", 48, 2049, True), ("f32", 64, 1100, True), ("f32", 16, 1, False), ("f32", 144, 2048, False),
         ("f64", 24, 511, True), ("f64", 80, 33, False), ("f16", 96, 300, True), ("i8", 48, 65, True)]
NUMPY = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i8": np.int8}


def text(kind, columns, depth, transposed):
    wide = {"f16": "f32", "i8": "i32"}.get(kind, kind)
    w = f"tensor<{columns}x{depth}x{kind}>" if transposed else f"tensor<{depth}x{columns}x{kind}>"
    x, y, b = f"tensor<?x{depth}x{kind}>", f"tensor<?x{columns}x{wide}>", f"tensor<{columns}x{wide}>"
    r = f"tensor<?x{wide}>"
    zero, add = ("0", "arith.addi") if wide == "i32" else ("0.0", "arith.addf")
    return f"""
ml_program.global private @w(#ml_program.extern : {w}) : {w}
ml_program.global private @b(#ml_program.extern : {b}) : {b}
func.func @main(%x: {x}, %r: {r}) -> {y} {{
  %w = ml_program.global_load_const @w : {w}
  %b = ml_program.global_load_const @b : {b}
  %c0 = arith.constant 0 : index
  %z = arith.constant {zero} : {wide}
  %n = tensor.dim %x, %c0 : {x}
  %e = tensor.empty(%n) : {y}
  %f = linalg.fill ins(%z : {wide}) outs(%e : {y}) -> {y}
  %p = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
      affine_map<(m, n, k) -> ({'n, k' if transposed else 'k, n'})>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : {x}, {w}) outs(%f : {y}) -> {y}
  %result = linalg.generic {{indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>,
      affine_map<(m, n) -> (m)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}} ins(%p, %b, %r : {y}, {b}, {r}) outs(%e : {y}) {{
  ^bb0(%s: {wide}, %t: {wide}, %v: {wide}, %o: {wide}):
    %u = {add} %s, %t : {wide}
    %all = {add} %u, %v : {wide}
    linalg.yield %all : {wide}
  }} -> {y}
  return %result : {y}
}}
"""


def random(rng, shape, kind):
    if kind in ("i8", "i32"):
        return rng.integers(-100, 100, shape, dtype={"i8": np.int8, "i32": np.int32}[kind])
    return rng.standard_normal(shape).astype(NUMPY[kind])


def check(directory, rng, kind, columns, depth, transposed):
    wide = {"f16": "f32", "i8": "i32"}.get(kind, kind)
    w = random(rng, (columns, depth) if transposed else (depth, columns), kind)
    b = random(rng, (columns,), wide)
    model = os.path.join(directory, f"{kind}-{columns}-{depth}")
    with open(model + ".mlir", "w") as file:
        file.write(text(kind, columns, depth, transposed))
    save(model + ".weights.safetensors", {"w": (w, kind), "b": (b, wide)})
    compile_model(model + ".mlir", model, "--params", model + ".weights.safetensors")
    with open(model + ".so", "rb") as file:
        assert b'"view":"panels"' in file.read(), (kind, columns)
    models = [Model(model + ".so", [model + ".safetensors"], threads) for threads in (1, 3)]
    matrix = (w.T if transposed else w).astype(np.float64)
    for rows in ROWS:
        x = random(rng, (rows, depth), kind)
        r = random(rng, (rows,), wide)
        one, three = (m.run(x, r)[0] for m in models)
        assert one.tobytes() == three.tobytes(), (kind, columns, depth, rows)
        expected = x.astype(np.float64) @ matrix + b + r[:, None]
        if wide == "i32":
            np.testing.assert_array_equal(one, expected.astype(np.int32))
            continue
        bound = (np.abs(x.astype(np.float64)) @ np.abs(matrix) + np.abs(b) + np.abs(r)[:, None]) * (depth + 3) * np.finfo(NUMPY[wide]).eps
        assert (np.abs(one - expected) <= bound).all(), (kind, columns, depth, rows, np.abs(one - expected).max())


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print("LACUNA_TEST_SEED =", seed)
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as directory:
        for case in CASES:
            check(directory, rng, *case)
    print(len(CASES) * len(ROWS), "products")


if __name__ == "__main__":
    main()
