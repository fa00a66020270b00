# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %t
# REQUIRES: lacuna-run
"""The report of a GPU target says what the kernels of a region execute: the
counters of the emulator agree, mma and mma.sp exactly and bytes within a tenth.
By each route, at sizes with few and with many columns, on sizes that tiles do not
divide, with a bias, with a static number of columns, and with two dynamic sizes.
"""
import json
import pathlib
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from lacuna_test.runtime import compile_model
from lacuna_test.types import random_nm, save, store

folder = pathlib.Path(sys.argv[1])
rng = np.random.default_rng()
SIZES = (1, 16, 70)


def model(rows, depth, columns, batches=False):
    n = columns or ("?x?" if batches else "?")
    x, y, w = f"tensor<{n}x{depth}xf16>", f"tensor<{n}x{rows}xf32>", f"tensor<{rows}x{depth}xf16>"
    size = "" if columns else f"%n = tensor.dim %x, %c0 : {x}"
    size += f"\n  %t = tensor.dim %x, %c1 : {x}" if batches else ""
    empty = "" if columns else "%n, %t" if batches else "%n"
    outer = "b, " if batches else ""
    loops = f"({outer}n, m, k)"
    return f"""
ml_program.global private @w(#ml_program.extern : {w}) : {w}
ml_program.global private @b(#ml_program.extern : tensor<{rows}xf32>) : tensor<{rows}xf32>
func.func @main(%x: {x} {{lacuna.name = "x"}}) -> ({y} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : {w}
  %b = ml_program.global_load_const @b : tensor<{rows}xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %z = arith.constant 0.0 : f32
  {size}
  %e = tensor.empty({empty}) : {y}
  %f = linalg.fill ins(%z : f32) outs(%e : {y}) -> {y}
  %p = linalg.contract indexing_maps = [affine_map<{loops} -> ({outer}n, k)>, affine_map<{loops} -> (m, k)>,
                                        affine_map<{loops} -> ({outer}n, m)>]
    ins(%x, %w : {x}, {w}) outs(%f : {y}) -> {y}
  %r = linalg.generic {{indexing_maps = [affine_map<({outer}n, m) -> ({outer}n, m)>, affine_map<({outer}n, m) -> (m)>,
                                         affine_map<({outer}n, m) -> ({outer}n, m)>],
                       iterator_types = [{'"parallel", ' if batches else ""}"parallel", "parallel"]}}
    ins(%p, %b : {y}, tensor<{rows}xf32>) outs(%e : {y}) {{
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  }} -> {y}
  return %r : {y}
}}
"""


def count(artifact, params, sizes, depth):
    np.save(folder / "x.npy", store(rng.standard_normal((*sizes, depth)), "f16"))
    done = subprocess.run(["lacuna-run", artifact, "--params", params, "--device=emulator:sm_90a", "--counters",
                           "--input", f"x={folder}/x.npy"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return {name: int(value) for name, value in re.findall(r"counter (\S+): (\d+)", done.stdout)}


checked = 0
for rows, depth, static, batches in ((96, 128, None, False), (200, 192, None, False), (64, 256, 40, False),
                                     (96, 128, None, True)):
    w = store(random_nm(rng, (rows, depth), 1, 2, 4, rng.standard_normal), "f16")
    save(folder / "w.safetensors", {"w": (w, "f16"), "b": (store(rng.standard_normal(rows), "f32"), "f32")})
    (folder / "rules.json").write_text('{"w": "nm<2:4>"}')
    (folder / "model.mlir").write_text(model(rows, depth, static, batches))
    for route in ("tensor-core", "dense"):
        compile_model(folder / "model.mlir", folder / "m", "--no-cubin", "--params", folder / "w.safetensors", "--layouts",
                      folder / "rules.json", f"--force-route={route}", f"--report={folder / 'plan.json'}",
                      f"--report-sizes={','.join(map(str, SIZES))}", targets=["sm_90a"])
        (region,) = json.loads((folder / "plan.json").read_text())["regions"]
        assert [entry["columns"] for entry in region["counters"]] == ([static] if static else list(SIZES)), region
        for entry in region["counters"]:
            sizes = entry.get("sizes", [entry["columns"]])
            assert len(sizes) == 1 + batches and np.prod(sizes) == entry["columns"], entry
            measured = count(folder / "m.so", folder / "m.safetensors", sizes, depth)
            work = "mma.sp" if route == "tensor-core" else "mma"
            assert entry[work] == measured[work] > 0, (route, rows, depth, entry, measured)
            for name in ("global.load.bytes", "global.store.bytes"):
                assert abs(entry[name] - measured[name]) <= 0.1 * measured[name], (route, rows, depth, entry, measured)
            checked += 1
assert checked == 2 * (3 * len(SIZES) + 1), checked
