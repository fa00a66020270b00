# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the three examples printed for images of ones, against the classifier in
float64: check_digits.py WEIGHTS.safetensors FOLDER SIZE"""
import json
import sys

import numpy as np

path, folder, size = sys.argv[1:]
with open(path, "rb") as f:
    header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
    data = f.read()


def stored(name, dtype=np.float32):
    entry = header[name]
    return np.frombuffer(data[slice(*entry["data_offsets"])], dtype).reshape(entry["shape"])


def weight(name):
    """A weight of 2:4 along its rows, which are whole groups of 4."""
    values, coordinates = stored(name + ".values"), stored(name + ".coordinates", np.uint8)
    dense = np.zeros((*values.shape[:2], 4))
    np.put_along_axis(dense, coordinates.astype(np.int64), values, axis=2)
    return dense.reshape(len(dense), -1)


values = np.ones((int(size), 64))
for layer in (1, 2, 3):
    values = values @ weight(f"fc{layer}.weight").T + stored(f"fc{layer}.bias")
    if layer < 3:
        values = np.maximum(values, 0)

for example in ("c", "cpp", "py"):
    words = open(f"{folder}/{example}.txt").read().split()
    assert words[0] == "logits:", words
    # Six digits are printed.
    np.testing.assert_allclose(np.array(words[1:], float), values.ravel(), rtol=2e-5, atol=1e-4, err_msg=example)
