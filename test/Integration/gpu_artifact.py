# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %S/../Tools/Inputs/gpu-routed.mlir %t
# REQUIRES: lacuna-run
"""An artifact for several GPU targets, from kernels written by hand, on the
emulator: which target each device takes, what launches compute, and that the
PTX in the artifact is what is executed: a patched instruction changes the
result as the patch says. LACUNA_TEST_SEED repeats a run.
"""
import json
import os
import struct
import subprocess
import sys

import numpy as np

model, folder = sys.argv[1:]
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"LACUNA_TEST_SEED={seed}")
rng = np.random.default_rng(seed)


def reference(x, bias, sign=1):
    """In float64; `sign` is that of the bias in the first column."""
    signs = np.array([sign, 1, 1, 1])
    h = np.tanh(x.astype(np.float64) + signs * bias)
    e = np.exp(np.sqrt(np.abs(h)))
    return e.sum(axis=1) / e[:, 0]


def run(artifact, device, x, expected):
    np.save(f"{folder}/x.npy", x)
    np.save(f"{folder}/y.npy", expected.astype(np.float32))
    return subprocess.run(
        ["lacuna-run", artifact, "--params", f"{folder}/w.safetensors", "--device", device, "--counters",
         "--input", f"x={folder}/x.npy", "--expect", f"y={folder}/y.npy"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


bias = rng.normal(size=4).astype(np.float32)
header = json.dumps({"fc.bias": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
with open(f"{folder}/w.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + bias.tobytes())
subprocess.run(["lacuna-compile", model, "--target=sm_80", "--target=sm_90a", "--no-cubin",
                "-o", f"{folder}/m"], check=True)

# The emulator takes what a driver of its architecture would.
for device in ("emulator", "emulator:sm_80", "emulator:sm_86", "emulator:sm_90a", "emulator:sm_120"):
    for rows in (1, 127, 128, 129, 300):
        x = rng.normal(size=(rows, 4)).astype(np.float32)
        done = run(f"{folder}/m.so", device, x, reference(x, bias))
        assert done.returncode == 0, (device, rows, done.stdout)
        # Each row is read twice, and written once between.
        assert f"global.store.bytes: {rows * 20}" in done.stdout, done.stdout
done = run(f"{folder}/m.so", "emulator:sm_80", np.zeros((0, 4), np.float32), np.zeros(0))
assert done.returncode == 0, done.stdout

# One instruction of sm_80's PTX, in the library itself: the bias of the first
# column is subtracted.
data = bytearray(open(f"{folder}/m.so", "rb").read())
at = data.index(b"add", data.index(b"ld.global.v4", data.index(b".target sm_80\n")))
assert data[at:at + 7] == b"add.f32", data[at:at + 40]
data[at:at + 3] = b"sub"
open(f"{folder}/patched.so", "wb").write(data)
x = rng.normal(size=(50, 4)).astype(np.float32)
for device, sign in (("emulator:sm_80", -1), ("emulator:sm_90a", 1)):
    done = run(f"{folder}/patched.so", device, x, reference(x, bias, sign))
    assert done.returncode == 0, (device, done.stdout)
assert run(f"{folder}/patched.so", "emulator:sm_80", x, reference(x, bias)).returncode != 0
