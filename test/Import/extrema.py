# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Inputs/extrema.py with NaN, infinities and zeros of both signs among the
data, on the CPU and on the emulator, against PyTorch: equal."""
import os
import sys
import tempfile

import numpy as np
import torch

import models

sys.path.insert(0, os.path.join(models.HERE, "../Integration"))
sys.path.insert(0, os.path.join(models.HERE, "Inputs"))
from lacuna_test.runtime import Model, compile_model  # noqa: E402

import lacuna_import  # noqa: E402
from extrema import Extrema  # noqa: E402

SPECIAL = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0])


def draw(rows):
    x = torch.randn(rows, 17)
    return torch.where(torch.rand(rows, 17) < 0.3, SPECIAL[torch.randint(5, (rows, 17))], x)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"seed {seed}")
    module = Extrema()
    with tempfile.TemporaryDirectory() as folder:
        lacuna_import.import_model(module, ["x:f32[rows,17]", "y:f32[rows,17]"]).write(f"{folder}/m.mlir")
        compile_model(f"{folder}/m.mlir", f"{folder}/m", targets=["cpu", "sm_80"])
        for device in ("cpu", "emulator:sm_80"):
            binary = Model(f"{folder}/m.so", device=device)
            for rows in (1, 5, 40):
                x, y = draw(rows), draw(rows)
                expected = module(x, y)
                for number, (found, wanted) in enumerate(zip(binary.run(x.numpy(), y.numpy()), expected, strict=True)):
                    np.testing.assert_array_equal(found, wanted.numpy(), err_msg=f"{device} {rows} output {number}")
    print(f"{len(expected)} extrema match PyTorch's")


main()
