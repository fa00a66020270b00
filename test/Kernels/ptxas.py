# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s %cuda/bin/ptxas %t
"""Every variant of the tensor-core kernels, made for sm_80, assembles for every
architecture that runs it, without spills, stack or local memory, and asks for
no newer PTX than it needs."""
import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Integration"))
import contraction_matrix
import tensor_core

ARCHITECTURES = ["sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_103", "sm_110", "sm_120", "sm_121"]
PLAIN = {"M": 512, "K": 512, "batch": (), "batch_of_weights": False, "x_turned": False, "w_turned": False,
         "y_turned": False, "out": "f32"}


def variants():
    for name in ("bf16", "f16", "i8", "tf32"):
        for route in ("dense", "tensor-core"):
            yield {**PLAIN, "type": name, "route": route, "out": "bf16"}
    for route in ("dense", "tensor-core"):
        # Sums in f16, and an epilogue that reads two more operands.
        yield {**PLAIN, "type": "f16", "route": route, "sums": "f16", "bias": True, "residual": True,
               "activation": "gelu", "transposed": False}
    # Copies of 8 and 4 bytes, and of elements.
    for depth in (76, 74, 75):
        yield {**PLAIN, "type": "bf16", "route": "dense", "K": depth}
    yield {**PLAIN, "type": "bf16", "route": "tensor-core", "K": 75}
    for name in ("f16", "i8", "tf32"):
        yield {**PLAIN, "type": name, "route": "tensor-core", "x_turned": True, "y_turned": True, "M": 500}
        yield {**PLAIN, "type": name, "route": "dense", "w_turned": True, "M": 500, "batch": (3,), "batch_of_weights": True}


def check(ptxas, folder, index, c):
    source, rules, ptx = (f"{folder}/{index}.{end}" for end in ("mlir", "json", "ptx"))
    _, options, (n, m), *_ = tensor_core.TYPES[c["type"]]
    module = contraction_matrix.module if "sums" in c else tensor_core.module
    open(source, "w").write(module(c))
    open(rules, "w").write(f'{{"w": "nm<{n}:{m}>"}}')
    subprocess.run(["lacuna-compile", source, "--layouts", rules, "--target=sm_80", "--emit=ptx", "-o", ptx,
                    f"--force-route={c['route']}", *options], check=True)
    text = open(ptx).read()
    sparse = c["route"] == "tensor-core"
    version = re.search(r"\.version (\S+)", text).group(1)
    assert version == ("8.5" if sparse else "7.0"), (c, version)
    assert ("mma.sp::ordered_metadata.sync" in text) == sparse and ("mma.sync" in text) != sparse, c
    for architecture in ARCHITECTURES:
        done = subprocess.run([ptxas, "-v", f"-arch={architecture}", ptx, "-o", f"{ptx}.{architecture}"],
                              capture_output=True, text=True)
        assert done.returncode == 0, (c, architecture, done.stderr)
        used = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", done.stderr)
        assert used and all(u == ("0", "0", "0") for u in used), (c, architecture, done.stderr)
        assert "lmem" not in done.stderr and "warning" not in done.stderr, (c, architecture, done.stderr)


def main():
    ptxas, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(check, ptxas, folder, i, c) for i, c in enumerate(variants())]:
            future.result()


if __name__ == "__main__":
    main()
