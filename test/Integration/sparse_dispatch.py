# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""Every form of contraction that routes sparse-tensor and vector take, forced, against
NumPy in float64: which operand the weight is, along which dimension, with
batch dimensions in which order, with columns that are one dimension or several,
with initial values, with what comes before and after in the same dispatch.
LACUNA_TEST_SEED repeats a run. The matrix of types and sizes is in
contraction_matrix.py.
"""
import json
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, random_nm, save, store

# name: (einsum of w and x, dimension of w that has the layout, layout)
FORMS = {
    "x W^T": ("mk,nk->nm", 1, (2, 4)),
    "x W": ("km,nk->nm", 0, (2, 4)),
    "W x": ("mk,kn->mn", 1, (1, 4)),
    "W x^T": ("mk,nk->mn", 1, (4, 8)),
    "W^T x": ("km,kn->mn", 0, (1, 16)),
    "result transposed": ("mk,kn->nm", 1, (2, 4)),
    "batched weight": ("bmk,bnk->bnm", 2, (2, 4)),
    "batched weight, last": ("mkb,nbk->mnb", 1, (1, 4)),
    "batch in the middle": ("mbk,bnk->nbm", 2, (3, 7)),
    "two row dimensions": ("mpk,nk->nmp", 2, (2, 4)),
    "rows apart": ("mkp,nk->mnp", 1, (2, 4)),
    "columns side by side": ("mk,bnk->bnm", 1, (2, 4)),
    "columns apart": ("mk,bkn->nmb", 1, (2, 4)),
    "columns swapped": ("mk,bnk->nbm", 1, (2, 64)),
    "vector of weights": ("k,nk->n", 0, (2, 4)),
    "one column": ("mk,k->m", 1, (2, 4)),
}
WRAPPINGS = ["", "producer", "epilogue", "initial", "all"]
# Forms that route vector refuses: 16 rows side by side would be of several batches.
NO_VECTORS = {"batched weight, last", "batch in the middle"}
SIZES = {"m": 33, "p": 3, "b": 2}


def dims(letters, sizes):
    return "x".join("?" if letter == "n" else str(sizes[letter]) for letter in letters)


def module(form, wrapping, sizes):
    inputs, out = FORMS[form][0].split("->")
    w, x = inputs.split(",")
    loops = "".join(dict.fromkeys(out + "k"))
    outer = ", ".join(out)
    tw, tx, ty = (f"tensor<{d}{'x' if d else ''}f32>" for d in (dims(w, sizes), dims(x, sizes), dims(out, sizes)))
    kinds = ", ".join('"reduction"' if letter == "k" else '"parallel"' for letter in loops)
    par, parx = (", ".join(['"parallel"'] * len(letters)) for letters in (out, x))
    size = f"%n = tensor.dim %x, %at : {tx}" if "n" in x else ""
    dynamic = "%n" if "n" in out else ""
    at = x.index("n") if "n" in x else 0
    has = lambda part: wrapping in (part, "all")
    initial = ", %i: " + ty + ' {lacuna.name = "i"}' if has("initial") else ""
    identity = lambda letters: f"affine_map<({', '.join(letters)}) -> ({', '.join(letters)})>"
    producer = f"""%q = tensor.empty({'%n' if 'n' in x else ''}) : {tx}
  %xp = linalg.generic {{indexing_maps = [{identity(x)}, {identity(x)}], iterator_types = [{parx}]}}
    ins(%x : {tx}) outs(%q : {tx}) {{
  ^bb0(%a: f32, %o: f32):
    %r = arith.maximumf %a, %zero : f32
    linalg.yield %r : f32
  }} -> {tx}""" if has("producer") else ""
    epilogue = f"""%z = linalg.generic {{indexing_maps = [{identity(out)}, {identity(out)}], iterator_types = [{par}]}}
    ins(%y : {ty}) outs(%e : {ty}) {{
  ^bb0(%a: f32, %o: f32):
    %r = arith.maximumf %a, %zero : f32
    %s = arith.addf %r, %one : f32
    linalg.yield %s : f32
  }} -> {ty}""" if has("epilogue") else ""
    return f"""
ml_program.global private @w(#ml_program.extern : {tw}) : {tw}
func.func @main(%x: {tx} {{lacuna.name = "x"}}{initial}) -> ({ty} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : {tw}
  %at = arith.constant {at} : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  {size}
  {producer}
  %e = tensor.empty({dynamic}) : {ty}
  %f = linalg.fill ins(%zero : f32) outs(%e : {ty}) -> {ty}
  %y = linalg.generic {{indexing_maps = [affine_map<({', '.join(loops)}) -> ({', '.join(w)})>,
      affine_map<({', '.join(loops)}) -> ({', '.join(x)})>, affine_map<({', '.join(loops)}) -> ({outer})>],
      iterator_types = [{kinds}]}}
    ins(%w, {'%xp' if producer else '%x'} : {tw}, {tx}) outs({'%i' if initial else '%f'} : {ty}) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }} -> {ty}
  {epilogue}
  return {'%z' if epilogue else '%y'} : {ty}
}}
"""


def check(form, wrapping, depth, route, directory, rng):
    spec, dim, (n, m) = FORMS[form]
    inputs, out = spec.split("->")
    letters, x_letters = inputs.split(",")
    sizes = {**SIZES, "k": depth}
    w = store(random_nm(rng, tuple(sizes[c] for c in letters), dim, n, m, rng.standard_normal), "f32")
    source = f"{directory}/m.mlir"
    open(source, "w").write(module(form, wrapping, sizes))
    open(f"{directory}/rules.json", "w").write(json.dumps({"w": f"nm<{n}:{m}, dim = {dim}>"}))
    save(f"{directory}/w.safetensors", {"w": (w, "f32")})
    try:
        compile_model(source, f"{directory}/m", "--params", f"{directory}/w.safetensors", "--layouts",
                      f"{directory}/rules.json", f"--force-route={route}", f"--report={directory}/plan.json")
    except RuntimeError as e:
        if route == "vector" and form in NO_VECTORS and "is a batch dimension" in str(e):
            return
        raise
    assert route != "vector" or form not in NO_VECTORS, form
    routes = [interval["route"] for region in json.load(open(f"{directory}/plan.json"))["regions"]
              for interval in region["intervals"]]
    assert route in routes, routes
    # Packed, as the compiler wrote it, or dense, to be packed when it is loaded.
    params = rng.choice(["m", "w"])
    model = Model(f"{directory}/m.so", [f"{directory}/{params}.safetensors"])
    for columns in (0, 1, 3, 16, 20, 41, 130, 175):
        shape = {**sizes, "n": columns}
        x = store(rng.standard_normal([shape[c] for c in x_letters]), "f32")
        i = store(rng.standard_normal([shape[c] for c in out]), "f32")
        has = lambda part: wrapping in (part, "all")
        (y,) = model.run(x, i) if has("initial") else model.run(x)
        xp = np.maximum(load(x, "f32"), 0) if has("producer") else load(x, "f32")
        expected = np.einsum(spec, load(w, "f32"), xp) + (load(i, "f32") if has("initial") else 0)
        if has("epilogue"):
            expected = np.maximum(expected, 0) + 1
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-4, err_msg=f"N = {columns}")


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    count = failed = 0
    for number, form in enumerate(FORMS):
        for wrapping in {"", WRAPPINGS[1 + number % 4]}:
            depth = int(rng.choice([1, 3, 16, 65, 128, 250]))
            for route in ("sparse-tensor", "vector"):
                count += 1
                with tempfile.TemporaryDirectory() as directory:
                    try:
                        check(form, wrapping, depth, route, directory, rng)
                    except (AssertionError, RuntimeError) as e:
                        failed += 1
                        print(f"FAILED {form} {wrapping} K = {depth} {route}\n  {e}"[:2500], flush=True)
    print(f"{count} forms, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
