# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Inputs of statemodel.c and what it gives; with names, checks state files."""
import json
import struct
import sys

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64}


def write(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        dtype = next(k for k, v in TYPES.items() if v == array.dtype)
        raw = array.tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    return {n: np.frombuffer(data[slice(*e["data_offsets"])], TYPES[e["dtype"]]).reshape(
        e["shape"]) for n, e in header.items()}


def main(folder, *files):
    if not files:
        np.save(f"{folder}/seed.npy", np.random.SeedSequence().entropy % 2**32)
    seed = int(np.load(f"{folder}/seed.npy"))
    print("seed", seed)
    random = np.random.default_rng(seed)
    bias = random.uniform(-1, 1, 4).astype(np.float32)
    x = random.uniform(-1, 1, (6, 4)).astype(np.float32)
    y = np.cumsum(x.astype(np.float64) + bias, axis=0).astype(np.float32)
    for name in files:
        state = read(f"{folder}/{name}.safetensors")
        assert np.allclose(state["sum"], y[5], rtol=1e-5), (state["sum"], y[5])
        print(f"{name}: count {state['count']}, sum is that of all steps")
    if files:
        return
    np.save(f"{folder}/x.npy", x[:5])
    np.save(f"{folder}/y.npy", y[:5])
    np.save(f"{folder}/last.npy", x[5])
    np.save(f"{folder}/after.npy", y[5])
    write(f"{folder}/model.safetensors", {"bias": bias, "count": np.array(40)})
    write(f"{folder}/other.safetensors", {"sums": bias})
    write(f"{folder}/shape.safetensors", {"sum": np.zeros(5, np.float32)})
    write(f"{folder}/type.safetensors", {"sum": np.zeros(4)})


main(*sys.argv[1:])
