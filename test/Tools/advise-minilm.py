# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# lacuna-advise on all-MiniLM-L6-v2: dense it keeps no pattern; pruned in six
# ways, layer by layer, what it finds is what was pruned. The norm that it says
# pruning would lose is what pruning loses.
#
# REQUIRES: minilm
# RUN: env PYTHONPATH=%lacuna_src/test/Integration:%lacuna_src/tools/minilm %minilm_python %s %t

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import sentences
from lacuna_test import types
from safetensors.numpy import load_file

out = sys.argv[1]
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
rng = np.random.default_rng(6)
checkpoint = os.path.join(sentences.model_folder(), "model.safetensors")


def advise(path):
    done = subprocess.run(["lacuna-advise", path, "--json=-"], check=True, capture_output=True, text=True)
    return {w["name"]: w for w in json.loads(done.stdout)["weights"]}


def prune(w, n, m, dim):
    rows = np.moveaxis(w, dim, -1).copy()
    groups = rows.reshape(-1, m)
    np.put_along_axis(groups, np.argsort(-abs(groups), axis=1, kind="stable")[:, n:], 0, axis=1)
    return np.ascontiguousarray(np.moveaxis(rows, -1, dim))


def zero_blocks(w):
    keep = rng.random((w.shape[0] // 64, w.shape[1] // 64)) < 0.5
    return w * np.kron(keep, np.ones((64, 64), np.float32)), int((~keep).sum())


dense = load_file(checkpoint)
found = advise(checkpoint)
matrices = {name: w for name, w in dense.items() if w.ndim == 2 and w.dtype == np.float32}
assert set(found) == set(matrices)
assert all(w["keeps"] == [] for w in found.values()), {n: w["keeps"] for n, w in found.items()}

pruned, checks = dict(dense), {}
for name, w in matrices.items():
    layer = re.match(r"encoder\.layer\.(\d)\.", name)
    if not layer:
        continue
    kind = int(layer[1])
    if kind < 4:
        n, m, dim = [(2, 4, 1), (1, 4, 1), (4, 8, 1), (2, 4, 0)][kind]
        pruned[name] = prune(w, n, m, dim)
        lost = np.linalg.norm((w - pruned[name]).astype(np.float64)) / np.linalg.norm(w.astype(np.float64))
        checks[name] = ("keeps", f"nm<{n}:{m}, dim = {dim}>", lost)
    elif kind == 4:
        pruned[name], count = zero_blocks(w)
        checks[name] = ("blocks", count)
    else:
        rows = rng.choice(len(w), len(w) // 3, replace=False)
        pruned[name] = w.copy()
        pruned[name][rows] = 0
        checks[name] = ("rows", len(rows))
types.save(f"{out}/pruned.safetensors",
           {name: (w, "f32" if w.dtype == np.float32 else "i64") for name, w in pruned.items()})
after = advise(f"{out}/pruned.safetensors")
for name, w in after.items():
    assert w["nonzeros"] == np.count_nonzero(pruned[name]), name
    if name not in checks:
        assert w["keeps"] == [], name
        continue
    what, *expected = checks[name]
    if what == "keeps":
        layout, lost = expected
        assert layout in w["keeps"], (name, w["keeps"])
        said = {p["layout"]: p["norm_lost"] for p in found[name]["patterns"]}[layout]
        assert abs(said - lost) < 1e-3, (name, said, lost)
        assert {p["layout"]: p["norm_lost"] for p in w["patterns"]}[layout] == 0
    elif what == "blocks":
        assert w["blocks"][2]["zero"] == expected[0], name
    else:
        assert w["slices"][0]["zero"] == expected[0], name
print(len(checks), "weights were pruned, and all were found")
