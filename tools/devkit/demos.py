# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demos of `tools/dev run`: what each needs built and which script it is."""
import os
import subprocess
import sys

from .build import build, build_folder
from .console import ROOT, STATE, Failure

DEMOS = {"digits": "tools/digits/demo.py"}
TARGETS = ["lacuna-compile", "lacuna-run", "LacunaEmulator"]


def check(name):
    if name not in DEMOS:
        raise Failure(f"there is no demo {name}: expected one of {', '.join(DEMOS)}")


def run(name, preset):
    build(preset, TARGETS)
    sys.stdout.flush()
    python = os.path.join(STATE, "venv/bin/python")
    bin_folder = os.path.join(build_folder(preset), "bin")
    out = os.path.join(STATE, "out", name)
    status = subprocess.run([python, os.path.join(ROOT, DEMOS[name]), "--bin", bin_folder,
                             "--out", out], cwd=ROOT,
                            env={**os.environ, "CUDA_HOME": os.path.join(STATE, "cuda")}).returncode
    if status:
        raise Failure(f"the demo {name} failed (exit status {status}), see the lines above")
