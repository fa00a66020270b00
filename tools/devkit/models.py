# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the table of models in docs/Import.md from what their tests left in
.lacuna/models (test/Import/check_model.py): which imports, and which runs on
which device, with the largest difference from PyTorch."""
import json
import math
import os
import re

from .console import ROOT, STATE, Failure, say

PAGE = os.path.join(ROOT, "docs/Import.md")
FOUND = os.path.join(STATE, "models")
BEGIN, END = "<!-- models: written by tools/dev status -->\n", "<!-- models end -->"
# In the order of the table: how the tests call it, and the column's title.
COLUMNS = {
    "cpu f32": "cpu, f32",
    "emulator f32": "emulator, f32",
    "emulator bf16": "emulator, bf16",
    "cpu f32 2:4": "cpu, 2:4",
    "cpu f32 2:4 sparse-tensor": "cpu, 2:4, `sparse-tensor`",
    "emulator bf16 2:4 tensor-core": "emulator, 2:4, bf16, `tensor-core`",
}
HEAD = ("| model | dynamic | " + " | ".join(COLUMNS.values()) + " |\n"
        "|" + "---|" * (len(COLUMNS) + 2) + "\n")
# A row as `row` writes it: names, dimensions, bounds such as 1e-6 or "not run".
ROW = re.compile(r"\| [A-Za-z0-9]+(?: \(transformers\))? \| [a-z]+(?:, [a-z]+)* (?:\| (?:0|[1-9]e-\d+|not run) ){%d}\|\n"
                 % len(COLUMNS))


def bound(value):
    """One digit, rounded up, so that other random data rarely differ."""
    if value is None:
        return "not run"
    if value == 0:
        return "0"
    power = math.floor(math.log10(value))
    digit = math.ceil(value / 10.0**power - 1e-9)
    return f"1e{power + 1}" if digit == 10 else f"{digit}e{power}"


def row(model):
    name = model["name"] + (" (transformers)" if model["transformers"] else "")
    cells = [bound(model["largest"].get(key)) for key in COLUMNS]
    return f"| {name} | {', '.join(model['dynamic'])} | {' | '.join(cells)} |\n"


def table(models):
    order = sorted(models, key=lambda model: (not model["transformers"], model["name"]))
    return HEAD + "".join(map(row, order))


def split(text):
    """The page before, in and behind the table."""
    if BEGIN not in text or END not in text:
        raise Failure(f"docs/Import.md lacks the lines {BEGIN.strip()} and {END}")
    head, rest = text.split(BEGIN)
    inside, tail = rest.split(END)
    return head, inside, tail


def is_table(text):
    """Whether `table` could have written it."""
    rows = text[len(HEAD):].splitlines(keepends=True)
    return text.startswith(HEAD) and len(rows) > 0 and all(map(ROW.fullmatch, rows))


def write():
    names = sorted(os.listdir(FOUND)) if os.path.isdir(FOUND) else []
    if not names:
        say("docs/Import.md: left as it is; `tools/dev test --with-torch Import` makes what its table shows")
        return
    models = []
    for name in names:
        with open(os.path.join(FOUND, name)) as file:
            models.append(json.load(file))
    with open(PAGE) as file:
        head, _, tail = split(file.read())
    with open(PAGE, "w") as file:
        file.write(head + BEGIN + table(models) + END + tail)
    say(f"docs/Import.md: table of {len(models)} models written")
