# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the plan's report says of the weights' elements against NumPy: density,
# and the tighter n:m along the layout's dimension, whichever that is; another
# dimension keeps more, and is not told of.
#
# RUN: rm -rf %t && mkdir %t && env PYTHONPATH=%lacuna_src/test/Integration %python %s %t

import json
import os
import subprocess
import sys

import numpy as np
from lacuna_test import types

seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print("seed", seed)
rng = np.random.default_rng(seed)
out = sys.argv[1]
# Shape, the layout's dimension, maps of the weight and of the result.
CASES = {"last": ((48, 70), 1, "(n, k)", "f32"), "first": ((70, 48), 0, "(k, n)", "bf16"),
         "stack": ((3, 40, 32), 1, "(b, k, n)", "f16"), "zero": ((16, 32), 1, "(n, k)", "f32")}
model, rules, weights = "", {}, {}
arguments, results, body = [], [], ""
for name, (shape, dim, places, element) in CASES.items():
    w = rng.integers(1, 9, shape).astype(np.float64)
    along = np.moveaxis(w, dim, -1)
    # At most one in four along the layout's dimension, in every sixteenth row.
    groups = np.arange(along.shape[-1]) % 4
    along *= groups == rng.integers(0, 4, along.shape[:-1] + (1,))
    along[..., np.arange(along.shape[-2]) % 16 != 1, :] = -0.0
    if name == "zero":
        w[:] = 0
    stored = types.store(w, element)
    weights[name] = stored, element
    rules[name] = "nm<2:4>"
    k, n = shape[dim], shape[-1] if dim != len(shape) - 1 else shape[-2]
    batch = f"{shape[0]}x" if len(shape) > 2 else ""
    loops = "(b, m, n, k)" if batch else "(m, n, k)"
    b = "b, " if batch else ""
    x, t, y = f"tensor<{batch}5x{k}x{element}>", f"tensor<{'x'.join(map(str, shape))}x{element}>", f"tensor<{batch}5x{n}xf32>"
    model += f"ml_program.global private @{name}(#ml_program.extern : {t}) : {t}\n"
    arguments += [f"%x_{name}: {x}", f"%i_{name}: {y}"]
    results.append((f"%y_{name}", y))
    kind = "batch_matmul" if batch else "matmul"
    body += f"""  %w_{name} = ml_program.global_load_const @{name} : {t}
  %y_{name} = linalg.{kind} indexing_maps = [affine_map<{loops} -> ({b}m, k)>, affine_map<{loops} -> {places}>,
      affine_map<{loops} -> ({b}m, n)>] ins(%x_{name}, %w_{name} : {x}, {t}) outs(%i_{name} : {y}) -> {y}
"""
names, kinds = zip(*results)
with open(f"{out}/model.mlir", "w") as f:
    f.write(f"{model}func.func @main({', '.join(arguments)}) -> ({', '.join(kinds)}) {{\n{body}"
            f"  return {', '.join(names)} : {', '.join(kinds)}\n}}\n")
with open(f"{out}/rules.json", "w") as f:
    json.dump(rules, f)
types.save(f"{out}/w.safetensors", weights)
subprocess.run(["lacuna-compile", f"{out}/model.mlir", "--layouts", f"{out}/rules.json", "--params", f"{out}/w.safetensors",
                f"--report={out}/plan.json", "-o", f"{out}/m"], check=True)
with open(f"{out}/plan.json") as f:
    regions = {r["weight"]: r for r in json.load(f)["regions"]}
assert set(regions) == set(CASES)
for name, (shape, dim, _, element) in CASES.items():
    w = types.load(*weights[name])
    elements = regions[name]["elements"]
    assert abs(elements["density"] - np.count_nonzero(w) / w.size) < 1e-3, (name, elements)
    along = np.moveaxis(w, dim, -1)
    keeps = []
    for m in (2, 4, 8, 16):
        padded = np.pad(along, [(0, 0)] * (w.ndim - 1) + [(0, -along.shape[-1] % m)])
        n = max(1, int(np.count_nonzero(padded.reshape(-1, m), axis=1).max()))
        if n < m and (2 * n < m or (2 * n == m and m < 4)):
            keeps.append(f"nm<{n}:{m}, dim = {dim}>")
    assert elements["keeps"] == keeps, (name, elements, keeps)
