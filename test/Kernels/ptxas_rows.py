# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s %cuda/bin/ptxas %t
"""Kernels of lower-dispatches-to-rows, in every form and with every length of
rows that changes it, made for sm_80, assemble for every architecture without
spills, stack or local memory; rows and points have accesses of 16 bytes."""
import concurrent.futures
import os
import subprocess
import sys

from ptxas import assemble

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Integration"))
import gpu_rows
import network_parts as parts


def variants():
    """Name, module, and what the PTX must have."""
    for t in ("f32", "f16", "bf16", "f64"):
        wide = {"f32": "v4.b32", "f64": "v2.b64"}.get(t, "v4.b32")
        rows = {"softmax": parts.softmax(t), "layernorm": parts.norm(t, True), "argmax": parts.argmax(t)}
        for name, text in rows.items():
            # An argmax carries a position beside each value, so it reads fewer at once.
            vector = "v4.b16" if name == "argmax" and t in ("f16", "bf16") else wide
            yield f"{name} {t}", text, vector
            for length in (17, 64, 512, 768, 16384, 20000) if t != "f64" else (64, 20000):
                yield f"{name} {t} {length}", gpu_rows.fixed(text, length), vector if length % 8 == 0 else ""
        yield f"gelu {t}", parts.elementwise(t, "gelu"), wide
        yield f"transpose {t}", parts.transpose(t), "bar.sync"
        yield f"concat {t}", parts.rotate(t), ""
    yield "masked softmax", gpu_rows.MASKED, "v4.b32"
    yield "gather", parts.gather("f32"), "trap"


def check(ptxas, folder, index, variant):
    name, module, expected = variant
    source, ptx = f"{folder}/{index}.mlir", f"{folder}/{index}.ptx"
    open(source, "w").write(module)
    subprocess.run(["lacuna-compile", source, "--target=sm_80", "--emit=ptx", "-o", ptx], check=True)
    text = open(ptx).read()
    assert expected in text, (name, expected)
    # Those of lower-dispatches-to-threads have numbers.
    assert "$dispatch_0$0" not in text, name
    assemble(ptxas, ptx, name)


def main():
    ptxas, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(check, ptxas, folder, i, v) for i, v in enumerate(variants())]:
            future.result()


if __name__ == "__main__":
    main()
