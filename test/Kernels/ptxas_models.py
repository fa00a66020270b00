# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s %lacuna_src/tools/minilm/model.mlir
"""No kernel of a whole model spills registers or has local memory, on sm_80 and
sm_90a, in f32 and with operands of bf16. Import/kernels-qwen2.test asks it of a
larger one."""
import json
import os
import subprocess
import sys
import tempfile


def check(model, folder, precision):
    report = f"{folder}/report.json"
    run = subprocess.run(["lacuna-compile", model, "--target=sm_80", "--target=sm_90a", f"--precision={precision}",
                          "--emit=fatbin", f"--report={report}", "-o", f"{folder}/k.fatbin"],
                         check=True, capture_output=True, text=True)
    assert "spills" not in run.stderr, run.stderr
    with open(report) as file:
        reports = json.load(file)
    assert [r["target"] for r in reports] == ["sm_80", "sm_90a"]
    for r in reports:
        usage = r["code"]["usage"]
        assert len(usage) == r["code"]["kernels"] > 20, (len(usage), r["code"]["kernels"])
        spilling = [u for u in usage if u["spill_bytes"] or u["local_bytes"]]
        assert not spilling, (r["target"], precision, spilling)
        print(f"{os.path.basename(model)} for {r['target']}, {precision}: {len(usage)} kernels, "
              f"at most {max(u['registers'] for u in usage)} registers, none spills")


with tempfile.TemporaryDirectory() as folder:
    for precision in ("bf16", "f32"):
        check(sys.argv[1], folder, precision)
