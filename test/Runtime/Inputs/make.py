# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weights (2:4), inputs and references for the handmade model: make.py FOLDER"""
import json
import sys

import numpy as np

folder = sys.argv[1]
seed = int(np.random.SeedSequence().entropy % 2**32)
print("seed", seed)
rng = np.random.default_rng(seed)


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        raw = array.tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + data)


w = rng.uniform(0.5, 1, (4, 8)).astype(np.float32)
w.reshape(4, 2, 4)[:, :, [0, 2]] = 0
bias = rng.standard_normal(4).astype(np.float32)
write_safetensors(f"{folder}/model.safetensors", {"w": w, "bias": bias})
x = rng.standard_normal((3, 8)).astype(np.float32)
np.save(f"{folder}/x.npy", x)
np.save(f"{folder}/double.npy", x.astype(np.float64))
write_safetensors(f"{folder}/x.safetensors", {"rows": x, "other": bias})
ref = x.astype(np.float64) @ w.T.astype(np.float64) + bias
np.save(f"{folder}/ref.npy", ref)
ref[2, 1] += 1
np.save(f"{folder}/wrong.npy", ref)
ones = w.astype(np.float64).sum(1) + bias
with open(f"{folder}/ones.txt", "w") as f:
    print("y:", *(f"{v:.3f}" for v in np.tile(ones, 2)), file=f)
