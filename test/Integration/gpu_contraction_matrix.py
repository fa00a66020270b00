# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# RUN: %python %s
"""The contractions of contraction_matrix.py as GPU kernels, run by the emulator:
the PTX of the artifact's fatbin against the erased program in float64.

A sample is an artifact at one N. Artifacts are drawn at random over element
type and precision, layout, route, epilogue, transposition, batch, shape,
schedule and architecture, so that each value of each factor occurs; N is dynamic.
Outputs are poisoned. LACUNA_TEST_SEED repeats a run.

Tolerances. Operands are rounded to the precision first, and the reference uses
the rounded ones; their products are exact in f32 for f16, bf16 and tf32. Sums
are bounded by K roundings of f32 of the sum of magnitudes (PTX leaves their
order and their intermediate rounding to the hardware: twice that), with f16
accumulation by roundings of f16. Then each elementwise step rounds once.
Integers are exact.
"""
import json
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from contraction_matrix import compare, module, reference
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, random_nm, save, store

SIZES = [1, 2, 3, 7, 16, 17, 63, 64, 65, 127, 128, 250, 1000]
SAMPLES = 300
# Element type, --precision ("sums": f16 are summed in f16), and the layouts that
# tensor cores skip by.
TYPES = [("bf16", None, (2, 4)), ("f16", None, (2, 4)), ("f16", "sums", (2, 4)), ("i8", None, (2, 4)),
         ("f32", "bf16", (2, 4)), ("f32", "f16", (2, 4)), ("f32", "tf32", (1, 2)), ("f32", None, None),
         ("f64", None, None)]
FACTORS = {
    "kind": TYPES,
    "layout": [(2, 4), (1, 4), (1, 2), (4, 8)],
    "route": ["dense", "tensor-core"],
    "bias": [False, True],
    "residual": [False, True],
    "activation": ["none", "relu", "gelu", "silu", "sigmoid", "tanh"],
    "batch": [(), (3,), (3, 1)],
    "transposed": [False, True],
    "schedule": [(), ("64,32", "2,1", 3), ("128,64", "2,2", 2), ("32,8", "2,1", 4), ("16,128", "1,4", 2)],
    "target": ["sm_80", "sm_90a"],
    "M": SIZES,
    "K": SIZES,
}
PER_ARTIFACT = 5


def configurations(rng, count):
    """`count` of them; in each factor every value occurs equally often."""
    columns = {}
    for name, values in FACTORS.items():
        order = np.concatenate([rng.permutation(len(values)) for _ in range(count // len(values) + 1)])
        columns[name] = [values[i] for i in order[:count]]
    for i in range(count):
        c = {name: column[i] for name, column in columns.items()}
        c["type"], c["precision"], skipped = c.pop("kind")
        if c["precision"] == "sums":
            c["precision"], c["sums"] = None, "f16"
        if c["route"] == "tensor-core":
            if skipped:
                c["layout"] = skipped
            else:
                c["route"] = "dense"
        if c["type"] == "i8" and c["activation"] not in ("none", "relu"):
            c["activation"] = "relu"
        yield c


def rounded(array, c):
    """float64 of what the contraction computes with."""
    exact = load(array, c["type"])
    if c["precision"] in ("bf16", "f16"):
        with np.errstate(over="ignore"):
            return load(store(exact, c["precision"]), c["precision"])
    return exact


def bound_of(c, x, w, bias, residual):
    expected, bound = reference(c, x, w, bias, residual)
    if c["type"] == "i8":
        return expected, bound
    wt = w if c["transposed"] else w.T
    magnitude = np.abs(x) @ np.abs(wt)
    extra = 2.0**-23 * (c["K"] + 4) * magnitude if c["type"] != "f64" else 0
    if c.get("sums"):
        extra = 2.0**-11 * (c["K"] + 4) * magnitude
    if c["precision"] == "tf32":
        extra = extra + 2.0**-9 * magnitude
    return expected, bound + 1.2 * extra


def check(c, directory, rng):
    t, (n, m) = c["type"], c["layout"]
    out = "i32" if t == "i8" else t
    dim = 0 if c["transposed"] else 1
    shape = (c["K"], c["M"]) if c["transposed"] else (c["M"], c["K"])

    def draw(shape):
        return rng.integers(-128, 128, shape).astype(np.float64) if t == "i8" else rng.standard_normal(shape)

    w = store(random_nm(rng, shape, dim, n, m, draw), t)
    bias = store(draw((c["M"],)), out)
    source, params, rules = (f"{directory}/{name}" for name in ("m.mlir", "w.safetensors", "rules.json"))
    with open(source, "w") as file:
        file.write(module(c))
    with open(rules, "w") as file:
        json.dump({"w": f"nm<{n}:{m}>"}, file)
    save(params, {"w": (w, t), **({"bias": (bias, out)} if c["bias"] else {})})
    flags = [f"--force-route={c['route']}"]
    if c["precision"]:
        flags.append(f"--precision={c['precision']}")
    if c["schedule"]:
        flags += [f"--{name}={value}" for name, value in zip(("tile", "warps", "stages"), c["schedule"])]
    compile_model(source, f"{directory}/m", "--params", params, "--layouts", rules, *flags, targets=[c["target"]])
    model = Model(f"{directory}/m.so", [f"{directory}/m.safetensors"], device=f"emulator:{c['target']}")
    used = {"mma": 0, "mma.sp": 0}
    sizes = [0, *(int(size) for size in rng.choice(SIZES, PER_ARTIFACT, replace=False))]
    for size in sizes:
        x = store(draw(c["batch"] + (size, c["K"])), t)
        residual = store(draw(c["batch"] + (size, c["M"])), out)
        model.reset_counters()
        (y,) = model.run(x, *([residual] if c["residual"] else []))
        expected, bound = bound_of(c, rounded(x, c), rounded(w, c), load(bias, out),
                                   load(residual, out) if c["residual"] else 0)
        compare(f"{c} N = {size}", load(y, out), expected, bound)
        counters = model.counters()
        for name in used:
            used[name] += counters[name]
    sparse = c["route"] == "tensor-core"
    if bool(used["mma.sp"]) != sparse:
        raise AssertionError(f"{c}: {used['mma.sp']} mma.sp executed on route {c['route']}")
    takes_mma = c["type"] in ("bf16", "f16", "i8") or c["precision"]
    if not sparse and bool(used["mma"]) != bool(takes_mma):
        raise AssertionError(f"{c}: {used['mma']} mma executed on route {c['route']}")
    return len(sizes)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    count = -(-SAMPLES // PER_ARTIFACT)
    samples = failed = 0
    for c in configurations(rng, count):
        with tempfile.TemporaryDirectory() as directory:
            try:
                samples += check(c, directory, rng)
            except (AssertionError, RuntimeError) as e:
                failed += 1
                print(f"FAILED {c}\n  {e}"[:3000], flush=True)
    print(f"{samples} samples of {count} configurations, {failed} configurations failed")
    assert failed or samples >= SAMPLES, samples
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
