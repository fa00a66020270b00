# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s %lacuna_src/docs/Advise.md
"""docs/Advise.md shows what lacuna-advise prints: each block behind
`<!-- output: COMMAND -->` is its output, from the root of the tree.

    .lacuna/venv/bin/python test/Docs/advise.py docs/Advise.md --update

writes the blocks anew (the build's tools must be in PATH)."""
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK = re.compile(r"(<!-- output: (.*?) -->\n```\n)(.*?)```", re.S)


def run(match):
    done = subprocess.run(shlex.split(match[2]), cwd=ROOT, check=True, capture_output=True, text=True)
    return match[1] + done.stdout + "```"


with open(sys.argv[1]) as file:
    text = file.read()
assert len(BLOCK.findall(text)) == 2
made = BLOCK.sub(run, text)
if "--update" in sys.argv:
    with open(sys.argv[1], "w") as file:
        file.write(made)
elif made != text:
    sys.exit(made + "\n\nif this is meant: test/Docs/advise.py docs/Advise.md --update")
