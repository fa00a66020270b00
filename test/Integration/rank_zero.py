# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""Tensors of rank 0 as inputs, weights, results and between kernels, on the CPU
and as GPU kernels on the emulator: elementwise, from a reduction, and as a factor
in the epilogue of a tensor-core kernel. Scalars are the same to a caller: read by
kernels, computed with, returned and filled with, of every type."""
import tempfile

import numpy as np

from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, save, store

# scale: rank 0 throughout. sum: a reduction to rank 0, which a kernel reads.
# linear: a matmul whose epilogue multiplies by an input of rank 0.
SOURCE = """
ml_program.global private @w(#ml_program.extern : tensor<f32>) : tensor<f32>
func.func @main(%s: tensor<f32> {{lacuna.name = "s"}}, %v: tensor<?x{n}xf32> {{lacuna.name = "v"}},
                %x: tensor<?x64xbf16> {{lacuna.name = "x"}}, %m: tensor<32x64xbf16> {{lacuna.name = "m"}})
    -> (tensor<f32> {{lacuna.name = "product"}}, tensor<f32> {{lacuna.name = "sum"}}, tensor<?x{n}xf32> {{lacuna.name = "scaled"}},
        tensor<?x32xf32> {{lacuna.name = "y"}}) {{
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %w = ml_program.global_load_const @w : tensor<f32>
  %e = tensor.empty() : tensor<f32>
  %product = linalg.generic {{indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}}
      ins(%s, %w : tensor<f32>, tensor<f32>) outs(%e : tensor<f32>) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %a, %b : f32
    linalg.yield %r : f32
  }} -> tensor<f32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %sum = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}}
      ins(%v : tensor<?x{n}xf32>) outs(%z : tensor<f32>) {{
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %o, %a : f32
    linalg.yield %r : f32
  }} -> tensor<f32>
  %rows = tensor.dim %v, %c0 : tensor<?x{n}xf32>
  %ev = tensor.empty(%rows) : tensor<?x{n}xf32>
  %scaled = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}}
      ins(%v, %sum : tensor<?x{n}xf32>, tensor<f32>) outs(%ev : tensor<?x{n}xf32>) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %a, %b : f32
    linalg.yield %r : f32
  }} -> tensor<?x{n}xf32>
  %count = tensor.dim %x, %c0 : tensor<?x64xbf16>
  %ey = tensor.empty(%count) : tensor<?x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%ey : tensor<?x32xf32>) -> tensor<?x32xf32>
  %p = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%x, %m : tensor<?x64xbf16>, tensor<32x64xbf16>) outs(%zeros : tensor<?x32xf32>) -> tensor<?x32xf32>
  %y = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}}
      ins(%p, %s : tensor<?x32xf32>, tensor<f32>) outs(%ey : tensor<?x32xf32>) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %a, %b : f32
    linalg.yield %r : f32
  }} -> tensor<?x32xf32>
  return %product, %sum, %scaled, %y : tensor<f32>, tensor<f32>, tensor<?x{n}xf32>, tensor<?x32xf32>
}}
"""

SCALARS = """
func.func @main(%s: {t} {{lacuna.name = "s"}}, %v: tensor<?x{t}> {{lacuna.name = "v"}})
    -> ({t} {{lacuna.name = "same"}}, {t} {{lacuna.name = "twice"}}, tensor<?x{t}> {{lacuna.name = "y"}}, tensor<3x{t}> {{lacuna.name = "full"}}) {{
  %c0 = arith.constant 0 : index
  %twice = arith.add{k} %s, %s : {t}
  %n = tensor.dim %v, %c0 : tensor<?x{t}>
  %e = tensor.empty(%n) : tensor<?x{t}>
  %y = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}}
      ins(%v : tensor<?x{t}>) outs(%e : tensor<?x{t}>) {{
  ^bb0(%a: {t}, %o: {t}):
    %p = arith.mul{k} %a, %s : {t}
    %r = arith.add{k} %p, %twice : {t}
    linalg.yield %r : {t}
  }} -> tensor<?x{t}>
  %three = tensor.empty() : tensor<3x{t}>
  %full = linalg.fill ins(%s : {t}) outs(%three : tensor<3x{t}>) -> tensor<3x{t}>
  return %s, %twice, %y, %full : {t}, {t}, tensor<?x{t}>, tensor<3x{t}>
}}
"""


def check_scalars(directory, rng):
    for t in ("f32", "f64", "f16", "bf16", "i8", "i32"):
        with open(f"{directory}/{t}.mlir", "w") as file:
            file.write(SCALARS.format(t=t, k="i" if t[0] == "i" else "f"))
        compile_model(f"{directory}/{t}.mlir", f"{directory}/{t}", "--no-cubin", targets=["cpu", "sm_80"])
        for device in ("cpu", "emulator:sm_80"):
            model = Model(f"{directory}/{t}.so", device=device)
            # Small integers: exact in every type.
            s, v = (store(rng.integers(-5, 6, length).astype(np.float64), t) for length in (1, 33))
            found = [load(a.reshape(-1), t) for a in model.run(s.reshape(()), v)]
            s, v = load(s, t), load(v, t)
            for got, expected in zip(found, (s, 2 * s, v * s + 2 * s, np.repeat(s, 3))):
                np.testing.assert_array_equal(got, expected, err_msg=f"{t} {device}")


def main():
    rng = np.random.default_rng()
    with tempfile.TemporaryDirectory() as directory:
        check_scalars(directory, rng)
        length = 37
        with open(f"{directory}/m.mlir", "w") as file:
            file.write(SOURCE.format(n=length))
        w = np.float32(rng.standard_normal())
        save(f"{directory}/w.safetensors", {"w": (np.asarray(w), "f32")})
        compile_model(f"{directory}/m.mlir", f"{directory}/m", "--params", f"{directory}/w.safetensors", "--no-cubin",
                      targets=["cpu", "sm_80"])
        for device in ("cpu", "emulator:sm_80"):
            model = Model(f"{directory}/m.so", [f"{directory}/m.safetensors"], device=device)
            for rows in (0, 1, 5, 40):
                s = np.float32(rng.standard_normal())
                v = rng.standard_normal((rows, length)).astype(np.float32)
                x, m = (store(rng.standard_normal((n, 64)), "bf16") for n in (rows, 32))
                product, total, scaled, y = model.run(s, v, x, m)
                assert product.shape == total.shape == ()
                np.testing.assert_allclose(product, s * w, rtol=1e-6)
                expected = v.sum(dtype=np.float64)
                np.testing.assert_allclose(total, expected, atol=1e-4)
                np.testing.assert_allclose(scaled, v * expected, atol=1e-3)
                np.testing.assert_allclose(y, load(x, "bf16") @ load(m, "bf16").T * s, rtol=1e-4, atol=1e-3)


if __name__ == "__main__":
    main()
