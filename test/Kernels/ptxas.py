# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s %cuda/bin/ptxas %t
"""Tensor-core kernels assemble without spills, stack or local memory, and ask
for no newer PTX than they need: every variant made for sm_80, by every
architecture that runs it, and a few made for each other target, by that one."""
import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Integration"))
import gpu_contraction_matrix as matrix

ARCHITECTURES = ["sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_103", "sm_110", "sm_120", "sm_121"]
# The lowest .version that knows the target (PTX ISA, "Release Notes").
LOWEST = {"sm_80": 7.0, "sm_86": 7.1, "sm_89": 7.8, "sm_90": 7.8, "sm_90a": 8.0, "sm_100": 8.6, "sm_103": 8.8,
          "sm_110": 9.0, "sm_120": 8.7, "sm_121": 8.8}
KINDS = {f"{k.element}->{k.sums} {k.precision}": k for k in matrix.KINDS}
WIDE = [KINDS[name] for name in ("bf16->f32 None", "f16->f32 None", "i8->i32 None", "f32->f32 tf32")]


def variants():
    """(target, configuration)"""
    routes = ("dense", "tensor-core")
    for kind in WIDE:
        for route in routes:
            yield "sm_80", {"kind": kind, "route": route, "out": "bf16"}
    for route in routes:
        # Sums in f16, and an epilogue that reads two more operands.
        yield "sm_80", {"kind": KINDS["f16->f16 sums"], "route": route, "residual": "before", "activation": "gelu"}
    # Copies of 8 and 4 bytes, and of elements.
    for depth in (76, 74, 75):
        yield "sm_80", {"kind": WIDE[0], "K": depth}
    yield "sm_80", {"kind": WIDE[0], "route": "tensor-core", "K": 75}
    for kind in WIDE[1:]:
        yield "sm_80", {"kind": kind, "route": "tensor-core", "x_turned": True, "y_turned": True, "M": 500}
        yield "sm_80", {"kind": kind, "w_turned": True, "M": 500, "batch": (3,), "batch_of_weights": True}
    # Types take turns, so that each target has each route, and a gelu.
    for i, target in enumerate(ARCHITECTURES[1:]):
        for j, route in enumerate(routes):
            yield target, {"kind": WIDE[(i + j) % 4], "route": route, "activation": "gelu", "M": 500}
        yield target, {"kind": WIDE[(i + 2) % 4], "route": "tensor-core", "out": "bf16"}


def check(ptxas, folder, index, target, changes):
    c = matrix.consistent({**matrix.PLAIN, **changes, "target": target})
    source, rules, ptx = (f"{folder}/{index}.{end}" for end in ("mlir", "json", "ptx"))
    with open(source, "w") as file:
        file.write(matrix.module(c))
    with open(rules, "w") as file:
        file.write('{"w": "nm<%d:%d>"}' % c["layout"])
    subprocess.run(["lacuna-compile", source, "--layouts", rules, f"--target={target}", "--emit=ptx", "-o", ptx,
                    *matrix.flags(c)], check=True)
    with open(ptx) as file:
        text = file.read()
    sparse = c["route"] == "tensor-core"
    version = float(re.search(r"\.version (\S+)", text).group(1))
    assert version == max(8.5 if sparse else 7.0, LOWEST[target]), (c, version)
    assert re.search(r"\.target (\w+)", text).group(1) == target, c
    assert ("mma.sp::ordered_metadata.sync" in text) == sparse and ("mma.sync" in text) != sparse, c
    assemble(ptxas, ptx, c, ARCHITECTURES if target == "sm_80" else [target])


def assemble(ptxas, ptx, what, architectures=ARCHITECTURES):
    """Without spills, stack and local memory."""
    for architecture in architectures:
        done = subprocess.run([ptxas, "-v", f"-arch={architecture}", ptx, "-o", f"{ptx}.{architecture}"],
                              capture_output=True, text=True)
        assert done.returncode == 0, (what, architecture, done.stderr)
        used = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", done.stderr)
        assert used and all(u == ("0", "0", "0") for u in used), (what, architecture, done.stderr)
        assert "lmem" not in done.stderr and "warning" not in done.stderr, (what, architecture, done.stderr)


def main():
    ptxas, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(check, ptxas, folder, i, *v) for i, v in enumerate(variants())]:
            future.result()


if __name__ == "__main__":
    main()
