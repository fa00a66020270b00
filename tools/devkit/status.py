# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the README's status table from the results of the last full run."""
import json
import os

from .console import ROOT, Failure, say
from .testing import RESULTS

README = os.path.join(ROOT, "README.md")
BEGIN, END = "<!-- status: written by tools/dev status -->\n", "<!-- status ends -->"
AREAS = {
    "IR": "dialect: layouts, interfaces, operations, verifiers",
    "Transforms": "passes on layouts, dispatches and plans",
    "Conversion": "routes to loops, vectors and the host",
    "Pipelines": "phases and the driver, MLIR to artifact",
    "Kernels": "the generator of tensor-core kernels",
    "Packing": "weights: check, pack, unpack; safetensors and npy",
    "Runtime": "C ABI, sessions, threads; C, C++ and Python programs",
    "Emulator": "PTX instructions, memory, barriers; programs of nvcc",
    "Integration": "whole artifacts on CPU and emulator against NumPy in float64",
    "Import": "PyTorch and transformers models against PyTorch",
    "Tools": "command lines, installation, this harness",
    "Docs": "examples of the documents",
    "Upstream": "defects of upstream that Lacuna works around",
}


def table(areas):
    lines = ["| area | what the tests cover | passed | failed | not run |", "|---|---|---|---|---|"]
    order = [name for name in AREAS if name in areas] + sorted(set(areas) - set(AREAS))
    for name in order:
        row = areas[name]
        lines.append(f"| {name} | {AREAS.get(name, '')} | {row['passed']} | {row['failed']} "
                     f"| {row['not run']} |")
    return "\n".join(lines) + "\n"


def write():
    try:
        with open(RESULTS) as file:
            areas = json.load(file)["areas"]
    except OSError:
        raise Failure("there are no results yet: run `tools/dev test` (without a filter) first")
    with open(README) as file:
        text = file.read()
    if BEGIN not in text or END not in text:
        raise Failure(f"README.md lacks the lines {BEGIN.strip()} and {END}")
    head, tail = text.split(BEGIN)[0], text.split(END, 1)[1]
    with open(README, "w") as file:
        file.write(head + BEGIN + table(areas) + END + tail)
    say(f"README.md: status of {len(areas)} areas written")
