#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long a user waits: lacuna-opt on an empty module against mlir-opt-22, the
digits demo from .mlir to artifact, and with --build a clean build without the
compiler cache and the rebuild after touching one file. Prints Markdown.

  tools/bench/startup.py [--build]
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "bench"))
from common import cpu_name

BUILD = ROOT / ".lacuna/build/release"


def seconds(command, **options):
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def startup(directory):
    empty = directory / "empty.mlir"
    empty.write_text("module {}\n")
    ours, theirs = [], []
    for _ in range(30):
        ours.append(seconds([BUILD / "bin/lacuna-opt", empty]))
        theirs.append(seconds(["mlir-opt-22", empty]))
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"| lacuna-opt on an empty module | {a * 1e3:.0f} ms | {a / b:.2f}x of mlir-opt-22 ({b * 1e3:.0f} ms) |", flush=True)


def demo(directory):
    digits = ROOT / "tools/digits"
    weights = sorted(digits.glob("**/sparse.safetensors")) or sorted(digits.glob("**/*.safetensors"))
    times = [seconds([BUILD / "bin/lacuna-compile", digits / "model.mlir", "--params", weights[0], "--layouts", digits / "rules.json",
                      "-o", directory / "digits"]) for _ in range(5)]
    print(f"| digits demo, .mlir to artifact | {statistics.median(times):.2f} s | |", flush=True)


def build(directory):
    environment = {**os.environ, "CCACHE_DISABLE": "1"}
    tree = directory / "build"
    configure = ["cmake", "--preset", "release", "-B", tree]
    subprocess.run([str(part) for part in configure], cwd=ROOT, check=True, env=environment, stdout=subprocess.DEVNULL)
    print(f"| clean build, no compiler cache | {seconds(['ninja', '-C', tree], env=environment):.0f} s | |", flush=True)
    (ROOT / "lib/Transforms/PlanDispatches.cpp").touch()
    print(f"| rebuild after touching one .cpp | {seconds(['ninja', '-C', tree], env=environment):.1f} s | |", flush=True)
    shutil.rmtree(tree)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="store_true")
    arguments = parser.parse_args()
    print(f"CPU: {cpu_name()}\n\n| what | time | ratio |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        startup(directory)
        demo(directory)
        if arguments.build:
            build(directory)


if __name__ == "__main__":
    main()
