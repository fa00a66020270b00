# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The stores of Inputs/scatters.py, on the CPU and on the emulator, against
PyTorch: bit for bit, sums up to their order."""
import importlib.util
import os
import re
import sys
import tempfile

import numpy as np
import torch

import models

sys.path.insert(0, os.path.join(models.HERE, "../Integration"))
from lacuna_test.runtime import Model, compile_model  # noqa: E402

import lacuna_import  # noqa: E402

FILE = f"{models.HERE}/Inputs/scatters.py"


def shape_of(text, sizes):
    return [sizes[d] if d in sizes else int(d) for d in re.search(r"\[(.*)\]", text).group(1).split(",")]


def draw(case, sizes):
    x, i, v, limit, repeats = case
    where = shape_of(i, sizes)
    if repeats:
        positions = torch.randint(-limit, limit, where)
    else:  # different ones along the dimension that counts, negative ones among them
        along = 0 if len(where) == 1 or x.startswith("f32[7") else 1
        count = int(np.prod(where)) if "3,2" in i else where[along]
        rows = [torch.randperm(limit)[:count] for _ in range(int(np.prod(where)) // max(count, 1))]
        stacked = torch.stack(rows) if rows else torch.zeros(where, dtype=torch.int64)
        positions = stacked.T.reshape(where) if along == 0 and len(where) == 2 else stacked.reshape(where)
    return torch.randn(shape_of(x, sizes)), positions, torch.randn(shape_of(v, sizes))


def check(name, case, module, folder):
    stem = f"{folder}/{name}"
    inputs = [f"{n}:{text}" for n, text in zip("xiv", case)]
    # PyTorch's others take no negative positions.
    signed = name.startswith("IndexPut")
    lacuna_import.import_model(module, inputs).write(f"{stem}.mlir")
    compile_model(f"{stem}.mlir", stem, targets=["cpu", "sm_80"])
    for device in ("cpu", "emulator:sm_80"):
        binary = Model(f"{stem}.so", device=device)
        for size in (1, 4, 7):
            x, i, v = draw(case, {"batch": size, "n": size})
            i = i if signed else i % case[3]
            expected = module(x.clone(), i, v)
            (actual,) = binary.run(x.numpy(), i.numpy(), v.numpy())
            bound = 1e-6 if "Add" in name or "Scalar" in name else 0
            np.testing.assert_allclose(actual, expected.numpy(), rtol=bound, atol=bound * 10, err_msg=f"{name} {device} {size}")
    print(f"{name}: as PyTorch", flush=True)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"seed {seed}")
    spec = importlib.util.spec_from_file_location("scatters", FILE)
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    with tempfile.TemporaryDirectory() as folder:
        for name, case in code.CASES.items():
            check(name, case, getattr(code, name)(), folder)
    print(f"{len(code.CASES)} kinds of stores match PyTorch's")


if __name__ == "__main__":
    main()
