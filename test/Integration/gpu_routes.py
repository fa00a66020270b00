# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %t
# REQUIRES: lacuna-run
"""One artifact for a GPU and the CPU, of a layer with 2:4 weights, by each
route: both devices give the result of NumPy, which is exact here, as all numbers
are small integers. Counters of the emulator tell that route tensor-core runs
mma.sp, and dense mma. The PTX in the artifact is what runs: another selector of
metadata there changes what the emulator computes, and nothing of the CPU's.
LACUNA_TEST_SEED repeats a run.
"""
import json
import os
import re
import struct
import subprocess
import sys

import numpy as np

folder = sys.argv[1]
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"LACUNA_TEST_SEED={seed}")
rng = np.random.default_rng(seed)

ROWS, DEPTH, COLUMNS = 96, 128, 37
MODEL = """
ml_program.global private @"fc.weight"(#ml_program.extern : tensor<96x128xf16>) : tensor<96x128xf16>
ml_program.global private @"fc.bias"(#ml_program.extern : tensor<96xf32>) : tensor<96xf32>
func.func @main(%x: tensor<?x128xf16> {lacuna.name = "x"}) -> (tensor<?x96xf32> {lacuna.name = "y"}) {
  %w = ml_program.global_load_const @"fc.weight" : tensor<96x128xf16>
  %b = ml_program.global_load_const @"fc.bias" : tensor<96xf32>
  %c0 = arith.constant 0 : index
  %f0 = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x128xf16>
  %e = tensor.empty(%n) : tensor<?x96xf32>
  %i = linalg.fill ins(%f0 : f32) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32>
  %r = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>,
                                      affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<?x128xf16>, tensor<96x128xf16>) outs(%i : tensor<?x96xf32>) -> tensor<?x96xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>,
                                        affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%r, %b : tensor<?x96xf32>, tensor<96xf32>) outs(%e : tensor<?x96xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %t = arith.addf %a, %c : f32
    %u = arith.maximumf %t, %f0 : f32
    linalg.yield %u : f32
  } -> tensor<?x96xf32>
  return %s : tensor<?x96xf32>
}
"""


def run(artifact, device):
    done = subprocess.run(
        ["lacuna-run", artifact, "--params", f"{folder}/w.safetensors", "--device", device, "--counters",
         "--input", f"x={folder}/x.npy", "--expect", f"y={folder}/y.npy", "--rtol", "0", "--atol", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout, dict(re.findall(r"counter (\S+): (\d+)", done.stdout))


w = rng.integers(-4, 5, size=(ROWS, DEPTH // 4, 4))
w = (w * rng.permuted(np.tile([0, 0, 1, 1], (ROWS, DEPTH // 4, 1)), axis=2)).reshape(ROWS, DEPTH).astype(np.float16)
bias = rng.integers(-4, 5, size=ROWS).astype(np.float32)
x = rng.integers(-4, 5, size=(COLUMNS, DEPTH)).astype(np.float16)
np.save(f"{folder}/x.npy", x)
np.save(f"{folder}/y.npy", np.maximum(x.astype(np.float64) @ w.astype(np.float64).T + bias, 0).astype(np.float32))
header = json.dumps({"fc.weight": {"dtype": "F16", "shape": [ROWS, DEPTH], "data_offsets": [0, w.nbytes]},
                     "fc.bias": {"dtype": "F32", "shape": [ROWS],
                                 "data_offsets": [w.nbytes, w.nbytes + bias.nbytes]}}).encode()
with open(f"{folder}/w.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + w.tobytes() + bias.tobytes())
open(f"{folder}/model.mlir", "w").write(MODEL)
open(f"{folder}/rules.json", "w").write('{"fc.weight": "nm<2:4>"}')

used = {"tensor-core": ("mma.sp", "mma"), "dense": ("mma", "mma.sp")}
for route, (executed, absent) in used.items():
    artifact = f"{folder}/{route}"
    subprocess.run(["lacuna-compile", f"{folder}/model.mlir", "--target=sm_80", "--target=cpu", "--no-cubin",
                    "--layouts", f"{folder}/rules.json", f"--force-route={route}", "-o", artifact], check=True)
    for device in ("cpu", "emulator:sm_80", "emulator:sm_90a"):
        status, text, counters = run(f"{artifact}.so", device)
        assert status == 0, (route, device, text)
        if device != "cpu":
            assert int(counters[executed]) > 0 and int(counters[absent]) == 0, (route, counters)
            assert counters["shared.bank.conflicts"] == counters["local.bytes"] == "0", counters

# Every mma.sp of step 0 reads the metadata that the lanes of step 1 have.
data = open(f"{folder}/tensor-core.so", "rb").read()
patched, number = re.subn(rb"(mma\.sp::ordered_metadata[^;]*[ \t])0;", rb"\g<1>1;", data)
assert number > 0 and len(patched) == len(data)
open(f"{folder}/patched.so", "wb").write(patched)
status, text, counters = run(f"{folder}/patched.so", "cpu")
assert status == 0, text
status, text, counters = run(f"{folder}/patched.so", "emulator:sm_80")
assert status != 0 and "y: MISMATCH" in text and int(counters["mma.sp"]) > 0, text
