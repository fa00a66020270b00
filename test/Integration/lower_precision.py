# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_80 %python %s
"""--precision against NumPy in float64 on operands that NumPy rounded: two
contractions with an epilogue between them, and a use of the weight that is no
contraction and stays f32. Weights plain and laid out, on the CPU by both routes.
The bounds are those of sums in f32, far below the rounding of bf16 and f16: an
operand that is not rounded, or twice, fails. LACUNA_TEST_SEED repeats a run.
"""
import json
import os
import struct
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from contraction_matrix import compare
from lacuna_test.runtime import DEVICE, Model, compile_model
from lacuna_test.types import ROUNDOFF, load, random_nm, save, store

K, H, M = 129, 48, 33
NT = "affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>"
EVERY, ROW, COLUMN = "affine_map<(i, j) -> (i, j)>", "affine_map<(i, j) -> (i)>", "affine_map<(i, j) -> (j)>"
MODEL = f"""
ml_program.global private @w(#ml_program.extern : tensor<{H}x{K}xf32>) : tensor<{H}x{K}xf32>
ml_program.global private @v(#ml_program.extern : tensor<{M}x{H}xf32>) : tensor<{M}x{H}xf32>
ml_program.global private @b(#ml_program.extern : tensor<{H}xf32>) : tensor<{H}xf32>
func.func @main(%x: tensor<?x{K}xf32>) -> (tensor<?x{H}xf32>, tensor<?x{M}xf32>, tensor<{H}xf32>) {{
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x{K}xf32>
  %zero = arith.constant 0.0 : f32
  %w = ml_program.global_load_const @w : tensor<{H}x{K}xf32>
  %v = ml_program.global_load_const @v : tensor<{M}x{H}xf32>
  %b = ml_program.global_load_const @b : tensor<{H}xf32>
  %e0 = tensor.empty(%n) : tensor<?x{H}xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?x{H}xf32>) -> tensor<?x{H}xf32>
  %p = linalg.matmul indexing_maps = [{NT}] ins(%x, %w : tensor<?x{K}xf32>, tensor<{H}x{K}xf32>) outs(%f0 : tensor<?x{H}xf32>) -> tensor<?x{H}xf32>
  %h = linalg.generic {{indexing_maps = [{EVERY}, {COLUMN}, {EVERY}], iterator_types = ["parallel", "parallel"]}}
      ins(%p, %b : tensor<?x{H}xf32>, tensor<{H}xf32>) outs(%e0 : tensor<?x{H}xf32>) {{
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  }} -> tensor<?x{H}xf32>
  %e1 = tensor.empty(%n) : tensor<?x{M}xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?x{M}xf32>) -> tensor<?x{M}xf32>
  %q = linalg.matmul indexing_maps = [{NT}] ins(%h, %v : tensor<?x{H}xf32>, tensor<{M}x{H}xf32>) outs(%f1 : tensor<?x{M}xf32>) -> tensor<?x{M}xf32>
  %e2 = tensor.empty() : tensor<{H}xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<{H}xf32>) -> tensor<{H}xf32>
  %t = linalg.generic {{indexing_maps = [{EVERY}, {ROW}], iterator_types = ["parallel", "reduction"]}}
      ins(%w : tensor<{H}x{K}xf32>) outs(%f2 : tensor<{H}xf32>) {{
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }} -> tensor<{H}xf32>
  return %p, %q, %t : tensor<?x{H}xf32>, tensor<?x{M}xf32>, tensor<{H}xf32>
}}
"""


def rounded(x, precision):
    """What the contraction reads, in float64."""
    return load(store(x, precision), precision) if precision in ("bf16", "f16") else x.astype(np.float64)


def product(a, b, precision):
    """a b^T of rounded operands, and a bound of a sum in f32."""
    a, b = rounded(a, precision), rounded(b, precision)
    return a @ b.T, ROUNDOFF["f32"] * (a.shape[1] + 4) * (np.abs(a) @ np.abs(b.T)) + 1e-30


def types_in(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
    return {name: entry["dtype"] for name, entry in header.items() if name != "__metadata__"}


def check(precision, layout, route, directory, rng):
    w = random_nm(rng, (H, K), 1, 2, 4, rng.standard_normal).astype(np.float32)
    w[rng.random(w.shape) < 0.02] *= 1e-9  # zero in f16, and stays in its place
    v, b = rng.standard_normal((M, H)).astype(np.float32), rng.standard_normal(H).astype(np.float32)
    open(f"{directory}/m.mlir", "w").write(MODEL)
    save(f"{directory}/w.safetensors", {"w": (w, "f32"), "v": (v, "f32"), "b": (b, "f32")})
    flags = [f"--precision={precision}"]
    if layout:
        open(f"{directory}/rules.json", "w").write(json.dumps({"w": layout}))
        flags += ["--layouts", f"{directory}/rules.json", f"--force-route={route}"]
    compile_model(f"{directory}/m.mlir", f"{directory}/m", "--params", f"{directory}/w.safetensors", *flags)
    stored = types_in(f"{directory}/m.safetensors")
    assert set(stored.values()) <= {"F32", "U8"}, f"a file keeps the weights' own type, not {stored}"
    model = Model(f"{directory}/m.so", [f"{directory}/m.safetensors"])
    for n in (0, 1, 5, 64, 130):
        x = rng.standard_normal((n, K)).astype(np.float32)
        p, q, t = model.run(x)
        what = f"{precision} {layout} {route} N = {n}"
        expected, bound = product(x, w, precision)
        compare(f"{what}: x W^T", p.astype(np.float64), expected, bound)
        if n and precision in ("bf16", "f16"):
            exact = x.astype(np.float64) @ w.T.astype(np.float64)
            assert np.any(np.abs(p - exact) > bound), f"{what}: nothing was rounded"
        # From the result above, so that one rounding decides alike.
        h = np.maximum(p + b, np.float32(0))
        compare(f"{what}: h V^T", q.astype(np.float64), *product(h, v, precision))
        total = w.astype(np.float64).sum(axis=1)
        compare(f"{what}: sums of W", t.astype(np.float64), total,
                ROUNDOFF["f32"] * (K + 4) * np.abs(w.astype(np.float64)).sum(axis=1))


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    failed = 0
    # What tf32 rounds is the hardware's affair; the CPU has none.
    precisions = ("f32", "tf32", "bf16", "f16") if DEVICE == "cpu" else ("f32", "bf16", "f16")
    routes = [(None, None), ("nm<2:4>", "dense"), ("nm<2:4>", "sparse-tensor"), ("nm<2:4>", "vector")]
    for precision in precisions:
        for layout, route in routes if DEVICE == "cpu" else routes[:2]:
            with tempfile.TemporaryDirectory() as directory:
                try:
                    check(precision, layout, route, directory, rng)
                except (AssertionError, RuntimeError) as e:
                    failed += 1
                    print(f"FAILED {precision} {layout} {route}\n  {e}"[:3000], flush=True)
    print(f"{failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
