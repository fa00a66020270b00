# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s %lacuna_src/README.md
"""The commands of the README on the model of the README: one artifact, run by
the emulator as written there and by the CPU, against NumPy on operands that
were rounded to bf16."""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../Integration"))
from lacuna_test.types import load, random_nm, save, store


def main():
    with open(sys.argv[1]) as file:
        text = file.read()
    model = re.search(r"```mlir\n(.*?)```", text, re.S).group(1)
    compile_it, run_it = re.findall(r"^    (lacuna-(?:compile|run) (?:.*\\\n)*.*)$", text, re.M)
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    w = random_nm(rng, (512, 64), 1, 2, 4, rng.standard_normal).astype(np.float32)
    x = rng.standard_normal((5, 64)).astype(np.float32)
    y = rng.standard_normal((5, 512)).astype(np.float32)
    expected = load(store(x, "bf16"), "bf16") @ load(store(w, "bf16"), "bf16").T + y
    build = os.environ["LACUNA_BUILD"]
    environment = {**os.environ, "PATH": f"{build}/bin:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:
        def run(command):
            return subprocess.run(command, shell=True, cwd=folder, env=environment, check=True,
                                  capture_output=True, text=True).stdout

        with open(f"{folder}/model.mlir", "w") as file:
            file.write(model)
        save(f"{folder}/w.safetensors", {"fc.weight": (w, "f32")})
        np.save(f"{folder}/x.npy", x)
        np.save(f"{folder}/y.npy", y)
        run(compile_it)
        for command in (run_it, re.sub(r"--device=\S+", "--device=cpu", run_it)):
            printed = run(command)
            result = np.load(f"{folder}/r.npy")
            apart = np.abs(result - expected).max()
            assert apart < 1e-4, f"{command}: {apart}"
            if "emulator" in command:
                count = re.search(r"^counter mma\.sp: (\d+)$", printed, re.M)
                assert count and int(count.group(1)) > 0, printed


if __name__ == "__main__":
    main()
