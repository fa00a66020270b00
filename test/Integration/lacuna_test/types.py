# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Element types, weights under n:m, and safetensors written by hand (so that
the tests do not read back what the product wrote)."""
import json

import numpy as np

SAFETENSORS = {"f64": "F64", "f32": "F32", "f16": "F16", "bf16": "BF16", "i8": "I8", "i32": "I32", "i64": "I64"}
# Unit roundoff of the type that results are rounded to.
ROUNDOFF = {"f64": 2.0**-53, "f32": 2.0**-24, "f16": 2.0**-11, "bf16": 2.0**-8, "i8": 0.0}


def to_bf16(x):
    """float -> the bits of bf16, round to nearest even; NaN stays NaN."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    return np.where(np.isnan(x), np.uint16(0x7FC0), rounded)


def store(x, dtype):
    """float64 -> the array that holds it."""
    if dtype == "bf16":
        return to_bf16(x)
    kind = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "i8": np.int8, "i32": np.int32}[dtype]
    return np.asarray(x).astype(kind)


def load(x, dtype):
    """The array that holds it -> float64."""
    if dtype == "bf16":
        return (x.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return x.astype(np.float64)


def save(path, tensors):
    """{name: (array, dtype)} as safetensors."""
    header, blobs, at = {}, [], 0
    for name, (array, dtype) in tensors.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": SAFETENSORS[dtype], "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def random_nm(rng, shape, dim, n, m, draw):
    """Random values with at most n nonzeros in each group of m along `dim`:
    full groups, under-full ones, empty ones, and zeros of both signs. Also the
    mask of what the layout lets a kernel skip."""
    w = np.moveaxis(draw(shape), dim, -1).copy()
    length = w.shape[-1]
    for row in w.reshape(-1, length):
        for start in range(0, length, m):
            group = row[start:start + m]
            keep = min(n, len(group))
            kind = rng.integers(0, 8)
            if kind == 0:
                keep = 0
            elif kind == 1:
                keep = min(keep, 1)
            kept = rng.choice(len(group), keep, replace=False)
            dropped = np.setdiff1d(np.arange(len(group)), kept)
            group[dropped] = np.where(rng.random(len(dropped)) < 0.2, -0.0, 0.0)
    return np.ascontiguousarray(np.moveaxis(w, -1, dim))
