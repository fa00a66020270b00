# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: env PYTHONPATH=%lacuna_src/tools %python %s
"""The table of models in docs/Import.md is one that `tools/dev status` writes,
with all of transformers' models that are tested."""
import os
import re

from devkit import console, models

with open(models.PAGE) as file:
    _, written, _ = models.split(file.read())
assert models.is_table(written), "docs/Import.md: run `tools/dev status` after `tools/dev test --with-torch Import`"
with open(os.path.join(console.ROOT, "test/Import/models.py")) as file:
    tested = re.findall(r'^    "\w+": \("(\w+)", ', file.read(), re.M)
assert len(tested) >= 7, tested
missing = [name for name in tested if f"| {name} (transformers) |" not in written]
assert not missing, missing

# What is written is recognized, and nothing else.
model = {"name": "Net", "transformers": False, "dynamic": ["batch"], "largest": {"cpu f32": 3.2e-7, "emulator f32": 9.9e-7}}
made = models.table([model])
assert "| Net | batch | 4e-7 | 1e-6 | not run |" in made and models.is_table(made), made
assert not models.is_table(made.replace("4e-7", "0.1")) and not models.is_table(models.HEAD)
assert not models.is_table(made.replace(" | 1e-6", "", 1))
