# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demos of `tools/dev run`: what each needs built and which script it is."""
import os
import subprocess
import sys

from .build import build, build_folder
from .console import ROOT, STATE, Failure

# The script, and the environment under .lacuna whose Python runs it.
DEMOS = {"digits": ("tools/digits/demo.py", "venv"),
         "minilm": ("tools/minilm/demo.py", "venv-minilm")}
TARGETS = ["lacuna-compile", "lacuna-run", "LacunaEmulator"]


def check(name):
    if name not in DEMOS:
        raise Failure(f"there is no demo {name}: expected one of {', '.join(DEMOS)}")


def run(name, preset):
    build(preset, TARGETS)
    sys.stdout.flush()
    script, environment = DEMOS[name]
    python = os.path.join(STATE, environment, "bin/python")
    bin_folder = os.path.join(build_folder(preset), "bin")
    out = os.path.join(STATE, "out", name)
    status = subprocess.run([python, os.path.join(ROOT, script), "--bin", bin_folder,
                             "--out", out], cwd=ROOT,
                            env={**os.environ, "CUDA_HOME": os.path.join(STATE, "cuda")}).returncode
    if status:
        raise Failure(f"the demo {name} failed (exit status {status}), see the lines above")
