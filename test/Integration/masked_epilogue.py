# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_80 %python %s
"""Matmuls whose epilogue reads or makes i1: a mask of all elements, of columns
and of rows selects sums, and sums are compared. Buffers of i1 hold bytes, those
of vectors bits. Dense, and under 2:4 by each route. LACUNA_TEST_SEED repeats a
run."""
import json
import os
import tempfile

import numpy as np

from lacuna_test.runtime import DEVICE, Model, compile_model
from lacuna_test.types import load, random_nm, save, store

N, K = 50, 64
MASKS = {"all": ("?x50", "(i, j) -> (i, j)"), "columns": ("50", "(i, j) -> (j)"), "rows": ("?", "(i, j) -> (i)")}


def model(rows, last):
    """`rows`: a size, or "?". `last`: the weight's last dimension, "k" or "n"."""
    y = f"tensor<{rows}x{N}xf32>"
    w, lies = (f"tensor<{N}x{K}xf32>", "j, k") if last == "k" else (f"tensor<{K}x{N}xf32>", "k, j")
    text = f"ml_program.global private @w(#ml_program.extern : {w}) : {w}\n"
    inputs = []
    body, results = "", []
    for name, (shape, places) in [*MASKS.items(), ("compare", (None, None))]:
        # An input of its own for each: a product that two read is not fused.
        inputs.append(f"%x_{name}: tensor<{rows}x{K}xf32> {{lacuna.name = \"x_{name}\"}}")
        scale = f"%scale_{name}"
        body += f"""  {scale} = arith.constant {len(results) + 1}.0 : f32
  %f_{name} = linalg.fill ins(%zero : f32) outs(%e : {y}) -> {y}
  %p_{name} = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> ({lies})>,
      affine_map<(i, j, k) -> (i, j)>] ins(%x_{name}, %w : tensor<{rows}x{K}xf32>, {w}) outs(%f_{name} : {y}) -> {y}
"""
        if shape:
            mask = f"tensor<{shape.replace('?', str(rows))}xi1>"
            inputs.append(f"%m_{name}: {mask} {{lacuna.name = \"{name}\"}}")
            operands, types, maps = f"%p_{name}, %m_{name}", f"{y}, {mask}", f"affine_map<(i, j) -> (i, j)>, affine_map<{places}>"
            out, arguments = "f32", "%s: f32, %m: i1"
            compute = f"    %t = arith.mulf %s, {scale} : f32\n    %r = arith.select %m, %t, %other : f32\n"
        else:
            operands, types, maps = f"%p_{name}", y, "affine_map<(i, j) -> (i, j)>"
            out, arguments = "i1", "%s: f32"
            compute = "    %r = arith.cmpf ogt, %s, %zero : f32\n"
        result = f"tensor<{rows}x{N}x{out}>"
        empty = f"tensor.empty({'%d' if rows == '?' else ''}) : {result}"
        body += f"""  %e_{name} = {empty}
  %y_{name} = linalg.generic {{indexing_maps = [{maps}, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}}
      ins({operands} : {types}) outs(%e_{name} : {result}) {{
  ^bb0({arguments}, %o: {out}):
{compute}    linalg.yield %r : {out}
  }} -> {result}
"""
        results.append((f"%y_{name}", result))
    names, kinds = zip(*results)
    size = f"  %d = tensor.dim %x_all, %c0 : tensor<{rows}x{K}xf32>\n" if rows == "?" else ""
    return (f"{text}func.func @main({', '.join(inputs)}) -> ({', '.join(kinds)}) {{\n"
            "  %zero = arith.constant 0.0 : f32\n  %other = arith.constant -7.0 : f32\n  %c0 = arith.constant 0 : index\n"
            f"{size}  %e = tensor.empty({'%d' if rows == '?' else ''}) : {y}\n"
            f"  %w = ml_program.global_load_const @w : {w}\n{body}"
            f"  return {', '.join(names)} : {', '.join(kinds)}\n}}\n")


seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print("seed", seed)
rng = np.random.default_rng(seed)
with tempfile.TemporaryDirectory() as folder:
    w = random_nm(rng, (N, K), 1, 2, 4, lambda s: rng.integers(-8, 9, s).astype(np.float64))
    with open(f"{folder}/rules.json", "w") as f:
        json.dump({"w": "nm<2:4>"}, f)
    routes = ["sparse-tensor", "vector"] if DEVICE == "cpu" else []
    for rows, last in (("?", "k"), ("?", "n"), (40, "n")):
        save(f"{folder}/w.safetensors", {"w": (store(w if last == "k" else w.T, "f32"), "f32")})
        with open(f"{folder}/m.mlir", "w") as f:
            f.write(model(rows, last))
        for route in [None, "dense", *routes]:
            flags = ["--layouts", f"{folder}/rules.json", f"--force-route={route}"] if route else []
            artifact = f"{folder}/{rows == 40}-{last}-{route}"  # A loaded file keeps its name.
            compile_model(f"{folder}/m.mlir", artifact, "--params", f"{folder}/w.safetensors", *flags)
            compiled = Model(f"{artifact}.so", [f"{artifact}.safetensors"])
            for m in (40,) if rows == 40 else (1, 7, 33, 130):
                masks = {"all": rng.random((m, N)) < 0.5, "columns": rng.random(N) < 0.5, "rows": rng.random(m) < 0.5}
                xs = rng.integers(-8, 9, (4, m, K)).astype(np.float64)
                inputs = [a for x, mask in zip(xs, masks.values()) for a in (store(x, "f32"), mask)]
                found = compiled.run(*inputs, store(xs[3], "f32"))
                sums = xs @ w.T  # small integers: exact
                wide = {"all": masks["all"], "columns": masks["columns"][None, :], "rows": masks["rows"][:, None]}
                for scale, (name, y) in enumerate(zip(wide, found), 1):
                    expected = np.where(wide[name], scale * sums[scale - 1], -7)
                    assert np.array_equal(load(y, "f32"), expected), (rows, last, route, m, name)
                assert np.array_equal(found[3], sums[3] > 0), (rows, last, route, m)
