# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules of Inputs/stateful.py over several calls, on the CPU and on the
emulator, against the modules themselves in PyTorch."""
import importlib.util
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file

import models

sys.path.insert(0, os.path.join(models.HERE, "../Integration"))
from lacuna_test.runtime import Model, compile_model  # noqa: E402

IMPORTER = os.path.join(models.HERE, "../../tools/lacuna-import/lacuna-import")
FILE = f"{models.HERE}/Inputs/stateful.py"
INPUTS = {
    "Average": ["x:f32[4]"],
    "Delay": ["x:f32[2,3]"],
    "Ring": ["x:f32[3,4]", "positions:i64[3]", "one:i64[1]"],
}
STATE = {"Average": {"count", "total"}, "Delay": {"last", "copy", "before"}, "Ring": {"rows"}}


def draw(name):
    if name != "Ring":
        return {"x": torch.randn([int(d) for d in INPUTS[name][0][6:-1].split(",")])}
    return {"x": torch.randn(3, 4), "positions": torch.randperm(8)[:3] - 4, "one": torch.randint(0, 8, (1,))}


def check(name, code, folder):
    module = getattr(code, name)()
    stem = f"{folder}/{name}"
    subprocess.run([IMPORTER, f"{FILE}:{name}", "-o", f"{stem}.mlir",
                    *[a for i in INPUTS[name] for a in ("--input", i)]], check=True)
    first = {n: t.clone() for n, t in module.state_dict().items()}
    params = []
    if first:
        save_file(first, f"{stem}.safetensors")
        params = ["--params", f"{stem}.safetensors"]
    compile_model(f"{stem}.mlir", stem, *params, targets=["cpu", "sm_80"])
    hidden = {n: t.clone() for n, t in module.named_buffers()}
    for device in ("cpu", "emulator:sm_80"):
        binary = Model(f"{stem}.so", device=device)
        for n, t in hidden.items():
            getattr(module, n).copy_(t)
        for _ in range(6):
            tensors = draw(name)
            with torch.no_grad():
                expected = models.run(module, tensors)
            actual = binary.run(*[t.numpy() for t in tensors.values()])
            for want, got in zip(expected.values(), actual):
                np.testing.assert_allclose(got, want.numpy(), rtol=1e-5, atol=1e-5)
            for n in STATE[name]:
                np.testing.assert_allclose(binary.get_state(n), getattr(module, n).numpy(),
                                           rtol=1e-5, atol=1e-5)
        print(f"{name} on {device}: {len(STATE[name])} states match PyTorch's", flush=True)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"seed {seed}")
    spec = importlib.util.spec_from_file_location("stateful", FILE)
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    with tempfile.TemporaryDirectory() as folder:
        for name in INPUTS:
            check(name, code, folder)


if __name__ == "__main__":
    main()
