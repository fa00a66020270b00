# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %t %lacuna_src
# REQUIRES: lacuna-run
"""One artifact whose plan has intervals of a dynamic number of columns: on both
sides of each threshold the result is that of NumPy in float64, and the route is
the one of the plan.

On the CPU an infinity tells routes apart: where a weight of 0 meets it, route
dense gives NaN and a route that skips leaves the product out. On a GPU the
emulator counts mma and mma.sp. The thresholds come from target files that the
test writes. LACUNA_TEST_SEED repeats a run.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, random_nm, save, store

folder, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"LACUNA_TEST_SEED={seed}")
rng = np.random.default_rng(seed)
ROWS, DEPTH = 96, 64


def model(rows, element, batch):
    """y = relu(x W^T + 1), with one or two dynamic dimensions."""
    first = ["i", "n"][not batch:]
    dims, dynamic = "x".join("?" for _ in first), ", ".join(f"%{d}" for d in first)
    x, y, w = (f"tensor<{s}x{element}>" for s in (f"{dims}x{DEPTH}", f"{dims}x{rows}", f"{rows}x{DEPTH}"))
    y = y.replace(element, "f32")
    loops = ", ".join([*first, "m", "k"])
    outer = ", ".join([*first, "m"])
    kinds = ", ".join(['"parallel"'] * (len(first) + 1))
    wide = "" if element == "f32" else f"""
    %wa = arith.extf %a : {element} to f32
    %wb = arith.extf %b : {element} to f32"""
    a, b = ("%wa", "%wb") if wide else ("%a", "%b")
    sizes = "\n  ".join(f"%{d} = tensor.dim %x, %c{i} : {x}" for i, d in enumerate(first))
    return f"""
ml_program.global private @w(#ml_program.extern : {w}) : {w}
func.func @main(%x: {x} {{lacuna.name = "x"}}) -> ({y} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : {w}
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  {sizes}
  %e = tensor.empty({dynamic}) : {y}
  %f = linalg.fill ins(%zero : f32) outs(%e : {y}) -> {y}
  %p = linalg.generic {{indexing_maps = [affine_map<({loops}) -> ({", ".join(first)}, k)>,
      affine_map<({loops}) -> (m, k)>, affine_map<({loops}) -> ({outer})>], iterator_types = [{kinds}, "reduction"]}}
    ins(%x, %w : {x}, {w}) outs(%f : {y}) {{
  ^bb0(%a: {element}, %b: {element}, %o: f32):{wide}
    %m = arith.mulf {a}, {b} : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }} -> {y}
  %r = linalg.generic {{indexing_maps = [affine_map<({outer}) -> ({outer})>, affine_map<({outer}) -> ({outer})>],
      iterator_types = [{kinds}]}} ins(%p : {y}) outs(%e : {y}) {{
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    %s = arith.addf %m, %one : f32
    linalg.yield %s : f32
  }} -> {y}
  return %r : {y}
}}
"""


def write_target(name, change):
    target = json.loads((source / "lib/CostModel/targets" / f"{name}.json").read_text())
    change(target)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(target))
    return path


def get_intervals(report):
    (region,) = json.loads(report.read_text())["regions"]
    assert not region["forced"]
    return [(choice["from"], choice["route"]) for choice in region["intervals"]]


def get_route(intervals, columns):
    return [route for start, route in intervals if columns >= start][-1]


def get_sizes(intervals):
    """Both sides of each threshold, and the ends."""
    return sorted({0, 1, 300, *(start + side for start, _ in intervals[1:] for side in (-1, 0))})


def make_weight(directory, dtype, rows, n, m):
    w = store(random_nm(rng, (rows, DEPTH), 1, n, m, rng.standard_normal), dtype)
    save(directory / "w.safetensors", {"w": (w, dtype)})
    (directory / "rules.json").write_text(json.dumps({"w": f"nm<{n}:{m}, dim = 1>"}))
    return w


def check_cpu(batch):
    """Dense for few columns and for many, sparse-tensor between."""
    directory = folder / f"cpu{batch}"
    directory.mkdir()

    def change(target):
        target["constants"]["dispatch"].update(threads=[1], value=[1e-9])
        for table in target["rates"]:
            dense = table["route"] == "dense"
            table.update(columns=[1, 8, 64, 512], value=[1e9, 2e9 if dense else 1e10, 2e9 if dense else 1e10, 1e10])
            if not dense:
                table["value"][0] = table["value"][3] = 1e8

    target = write_target("cpu-avx512", change)
    (directory / "model.mlir").write_text(model(ROWS, "f32", batch))
    w = load(make_weight(directory, "f32", ROWS, 1, 4), "f32")
    compile_model(directory / "model.mlir", directory / "m", "--params", directory / "w.safetensors", "--layouts",
                  directory / "rules.json", f"--target-model={target}", f"--report={directory / 'plan.json'}",
                  targets=["cpu"])
    intervals = get_intervals(directory / "plan.json")
    routes = [route for _, route in intervals]
    assert len(routes) == 3 and routes[0] == routes[2] == "dense" != routes[1], intervals
    compiled = Model(directory / "m.so", [directory / "m.safetensors"])
    for columns in get_sizes(intervals):
        shapes = [(columns,)] if not batch else [(1, columns)] + [(3, columns // 3)] * (columns % 3 == 0)
        for shape in shapes:
            x = store(rng.standard_normal((*shape, DEPTH)), "f32")
            (y,) = compiled.run(x)
            expected = np.maximum(load(x, "f32") @ w.T, 0) + 1
            np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5, err_msg=f"{shape}")
            if not columns:
                continue
            # The infinity meets zeros of some rows and elements of others.
            x[..., 5] = np.inf
            (y,) = compiled.run(x)
            skipped = y[..., w[:, 5] == 0]
            is_dense = get_route(intervals, columns) == "dense"
            assert skipped.size and np.all(np.isnan(skipped) if is_dense else np.isfinite(skipped)), (shape, intervals)


def check_gpu():
    """mma.sp for few columns, mma for many."""
    directory = folder / "gpu"
    directory.mkdir()

    def change(target):
        target["constants"]["launch"]["value"] = 1e-12
        target["constants"]["memory_bandwidth"]["value"] = 1e15
        target["constants"]["sparse_speedup"].update(columns=[16, 128], value=[2, 0.5])

    target = write_target("sm_80", change)
    (directory / "model.mlir").write_text(model(ROWS, "f16", False))
    w = load(make_weight(directory, "f16", ROWS, 2, 4), "f16")
    compile_model(directory / "model.mlir", directory / "m", "--no-cubin", "--params", directory / "w.safetensors", "--layouts", directory / "rules.json", f"--target-model={target}",
                  f"--report={directory / 'plan.json'}", targets=["sm_80"])
    intervals = get_intervals(directory / "plan.json")
    assert [route for _, route in intervals] == ["tensor-core", "dense"], intervals
    for columns in get_sizes(intervals):
        x = store(rng.standard_normal((columns, DEPTH)), "f16")
        np.save(directory / "x.npy", x)
        np.save(directory / "y.npy", np.maximum(load(x, "f16") @ w.T, 0).astype(np.float32) + 1)
        done = subprocess.run(
            ["lacuna-run", directory / "m.so", "--params", directory / "m.safetensors", "--device=emulator:sm_80",
             "--counters", "--input", f"x={directory}/x.npy", "--expect", f"y={directory}/y.npy", "--rtol", "1e-4",
             "--atol", "1e-4"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, (columns, done.stdout)
        counters = {name: int(value) for name, value in re.findall(r"counter (\S+): (\d+)", done.stdout)}
        if columns:
            sparse = get_route(intervals, columns) == "tensor-core"
            assert (counters["mma.sp"] > 0, counters["mma"] > 0) == (sparse, not sparse), (columns, counters)


check_cpu(batch=False)
check_cpu(batch=True)
check_gpu()
