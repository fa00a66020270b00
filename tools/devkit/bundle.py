# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`tools/dev bundle`: the folder that tests Lacuna on a machine with a GPU and
nothing installed. What it holds is made by tools/bundle/make.py."""
import os

from .build import build, build_folder, jobs
from .console import ROOT, STATE, relative, say, step


def make(options):
    build(options.preset, ["lacuna-compile", "lacuna-bundle"])
    out = os.path.abspath(options.out or os.path.join(STATE, "out/lacuna-bundle"))
    extra = ["--reduced"] if options.reduced else []
    if options.seed is not None:
        extra += ["--seed", str(options.seed)]
    step("Making the bundle",
         [os.path.join(STATE, "venv/bin/python"), os.path.join(ROOT, "tools/bundle/make.py"),
          "--build", build_folder(options.preset), "--out", out, "--jobs", str(jobs()), *extra], "bundle")
    say(f"{relative(out)}: copy this folder, or {os.path.basename(out)}.tar.gz beside it, to a machine with a GPU and run "
        "its run.sh")
