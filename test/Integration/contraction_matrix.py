# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""y = activation(x W^T + bias) on the CPU against the erased program in
float64, computed by NumPy.

One artifact per configuration; the configurations cover every pair of factor
values. N and the batch are dynamic: each artifact runs at every N. M and K are
static and covered over the artifacts. Weights hold full, under-full and empty
groups and both zeros; x holds Inf and NaN opposite licensed zeros in a run of
its own. Outputs are poisoned, and bit-identical for other numbers of threads.
LACUNA_TEST_SEED repeats a run.
"""
import itertools
import json
import math
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import ROUNDOFF, load, random_nm, save, store

SIZES = [1, 2, 3, 7, 16, 17, 63, 64, 65, 127, 128, 250, 1000]
FACTORS = {
    "type": ["f32", "f64", "f16", "bf16", "i8"],
    "layout": [(2, 4), (1, 4), (4, 8), (1, 16), (3, 7)],
    "bias": [False, True],
    "activation": ["none", "relu", "gelu", "silu", "sigmoid", "tanh"],
    "batch": [(), (3,), (3, 1)],
    "transposed": [False, True],
    "route": ["dense", "sparse-tensor", "vector"],
    "M": SIZES,
    "K": SIZES,
}
# M x K covers every value of both, not every pair of them.
UNPAIRED = {"M", "K"}


def configurations(rng):
    """Greedy pairwise cover."""
    names = list(FACTORS)
    missing = set()
    for a, b in itertools.combinations(range(len(names)), 2):
        if names[a] in UNPAIRED and names[b] in UNPAIRED:
            continue
        if {names[a], names[b]} & UNPAIRED:
            continue
        missing |= {(a, x, b, y) for x in range(len(FACTORS[names[a]])) for y in range(len(FACTORS[names[b]]))}
    for i in UNPAIRED:
        missing |= {(names.index(i), x, None, None) for x in range(len(SIZES))}

    def gain(pick):
        return sum(pick[a] == x and (b is None or pick[b] == y) for a, x, b, y in missing)

    while missing:
        picks = [[int(rng.integers(len(FACTORS[n]))) for n in names] for _ in range(60)]
        a, x, b, y = sorted(missing, key=str)[0]
        for pick in picks:
            pick[a] = x
            if b is not None:
                pick[b] = y
        best = max(picks, key=gain)
        missing = {(a, x, b, y) for a, x, b, y in missing if not (best[a] == x and (b is None or best[b] == y))}
        yield {n: FACTORS[n][v] for n, v in zip(names, best)}


def activation_body(name, t):
    """The lines that compute %r from %s."""
    if t == "i32":
        return {"none": "%r = arith.addi %s, %zero : i32", "relu": "%r = arith.maxsi %s, %zero : i32"}[name]
    def constant(symbol, value):
        return f"{symbol} = arith.constant {value} : {t}\n"
    if name == "none":
        return f"%r = arith.addf %s, %zero : {t}"
    if name == "relu":
        return f"%r = arith.maximumf %s, %zero : {t}"
    if name == "tanh":
        return f"%r = math.tanh %s : {t}"
    if name == "gelu":
        return (constant("%h", 0.5) + constant("%one", 1.0) + constant("%q", math.sqrt(0.5)) +
                f"%a = arith.mulf %s, %q : {t}\n%e = math.erf %a : {t}\n%p = arith.addf %e, %one : {t}\n"
                f"%g = arith.mulf %s, %h : {t}\n%r = arith.mulf %g, %p : {t}")
    sigmoid = (constant("%one", 1.0) + f"%a = arith.negf %s : {t}\n%e = math.exp %a : {t}\n"
               f"%p = arith.addf %e, %one : {t}\n")
    if name == "sigmoid":
        return sigmoid + f"%r = arith.divf %one, %p : {t}"
    return sigmoid + f"%r = arith.divf %s, %p : {t}"


def module(c):
    t = c["type"]
    out = "i32" if t == "i8" else t
    b = len(c["batch"])
    lead = [f"b{i}" for i in range(b)]
    q = "?x" * b
    m, k = c["M"], c["K"]
    shape = f"{k}x{m}" if c["transposed"] else f"{m}x{k}"
    loops = ", ".join(lead + ["n", "m", "k"])
    outer = ", ".join(lead + ["n", "m"])
    par = ", ".join(['"parallel"'] * (b + 2))
    weight = "(k, m)" if c["transposed"] else "(m, k)"
    dims = "\n".join(f"  %c{i} = arith.constant {i} : index\n  %d{i} = tensor.dim %x, %c{i} : tensor<{q}?x{k}x{t}>"
                     for i in range(b + 1))
    sizes = ", ".join(f"%d{i}" for i in range(b + 1))
    zero = "0" if out == "i32" else "0.0"
    if t == "i8":
        product = ("%xe = arith.extsi %xv : i8 to i32\n%we = arith.extsi %wv : i8 to i32\n"
                   "%t = arith.muli %xe, %we : i32\n%u = arith.addi %o, %t : i32\nlinalg.yield %u : i32")
        add = "arith.addi"
    else:
        product = f"%t = arith.mulf %xv, %wv : {t}\n%u = arith.addf %o, %t : {t}\nlinalg.yield %u : {t}"
        add = "arith.addf"
    bias_in = ", %bias" if c["bias"] else ""
    bias_type = f", tensor<{m}x{out}>" if c["bias"] else ""
    bias_map = f"affine_map<({outer}) -> (m)>, " if c["bias"] else ""
    bias_argument = f", %bv: {out}" if c["bias"] else ""
    total = f"%s = {add} %v, %bv : {out}" if c["bias"] else f"%s = {add} %v, %zero : {out}"
    result = f"tensor<{q}?x{m}x{out}>"
    residual = c.get("residual", False)
    if residual:
        bias_in += ", %res"
        bias_type += f", {result}"
        bias_map += f"affine_map<({outer}) -> ({outer})>, "
        bias_argument += f", %rv: {out}"
        total = total.replace("%s =", "%s0 =") + f"\n    %s = {add} %s0, %rv : {out}"
    argument = f', %res: {result} {{lacuna.name = "residual"}}' if residual else ""
    bias_global = (f"ml_program.global private @bias(#ml_program.extern : tensor<{m}x{out}>) : tensor<{m}x{out}>\n"
                   if c["bias"] else "")
    bias_load = f"  %bias = ml_program.global_load_const @bias : tensor<{m}x{out}>\n" if c["bias"] else ""
    sums = ' attrs = {lacuna.precision = "f16"}' if c.get("sums") == "f16" else ""
    return f"""
ml_program.global private @w(#ml_program.extern : tensor<{shape}x{t}>) : tensor<{shape}x{t}>
{bias_global}func.func @main(%x: tensor<{q}?x{k}x{t}> {{lacuna.name = "x"}}{argument}) -> ({result} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : tensor<{shape}x{t}>
{bias_load}{dims}
  %zero = arith.constant {zero} : {out}
  %empty = tensor.empty({sizes}) : {result}
  %fill = linalg.fill ins(%zero : {out}) outs(%empty : {result}) -> {result}
  %y = linalg.generic {{indexing_maps = [affine_map<({loops}) -> ({", ".join(lead + ["n", "k"])})>,
                                        affine_map<({loops}) -> {weight}>, affine_map<({loops}) -> ({outer})>],
                       iterator_types = [{par}, "reduction"]}}
    ins(%x, %w : tensor<{q}?x{k}x{t}>, tensor<{shape}x{t}>) outs(%fill : {result}){sums} {{
  ^bb0(%xv: {t}, %wv: {t}, %o: {out}):
    {product}
  }} -> {result}
  %z = linalg.generic {{indexing_maps = [affine_map<({outer}) -> ({outer})>, {bias_map}affine_map<({outer}) -> ({outer})>],
                       iterator_types = [{par}]}}
    ins(%y{bias_in} : {result}{bias_type}) outs(%empty : {result}) {{
  ^bb0(%v: {out}{bias_argument}, %o: {out}):
    {total}
    {activation_body(c["activation"], out)}
    linalg.yield %r : {out}
  }} -> {result}
  return %z : {result}
}}
"""


ERF = np.vectorize(math.erf, otypes=[np.float64])
ACTIVATIONS = {
    "none": lambda s: s,
    "relu": lambda s: np.where(np.isnan(s), s, np.maximum(s, 0)),
    "gelu": lambda s: s * 0.5 * (1 + ERF(s * math.sqrt(0.5))),
    "silu": lambda s: s / (1 + np.exp(-s)),
    "sigmoid": lambda s: 1 / (1 + np.exp(-s)),
    "tanh": np.tanh,
}


def reference(c, x, w, bias, residual=0):
    """The erased program in float64, and a bound of its rounding error."""
    wt = w if c["transposed"] else w.T
    with np.errstate(all="ignore"):
        product = x @ wt
        biased = product + (bias if c["bias"] else 0)
        s = biased + residual
        magnitude = np.abs(x) @ np.abs(wt) + (np.abs(bias) if c["bias"] else 0) + np.abs(residual)
        y = ACTIVATIONS[c["activation"]](s)
    if c["type"] == "i8":
        return y, np.zeros_like(y)
    # f16 and bf16 accumulate in f32; then the product is rounded, the bias is
    # added, then the residual (either may cancel), and each elementwise step rounds once.
    # Activations have slopes of at most 1.13; approximations add a few ulp.
    accumulate = ROUNDOFF["f64" if c["type"] == "f64" else "f32"] * (c["K"] + 4) * magnitude
    with np.errstate(all="ignore"):
        steps = ROUNDOFF[c["type"]] * (8 * (np.abs(s) + np.abs(y)) + 1.2 * np.abs(product) +
                                       1.2 * np.abs(biased) * c.get("residual", False))
    tiny = {"f16": 1e-6, "bf16": 1e-30}.get(c["type"], 1e-30) + (1e-6 if c["type"] == "f32" and c["activation"] not in ("none", "relu") else 0)
    return y, 1.2 * accumulate + steps + tiny


def compare(what, actual, expected, bound):
    with np.errstate(all="ignore"):
        same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
        near = same | (np.abs(actual - expected) <= bound)
    if near.all():
        return
    at = tuple(int(i) for i in np.argwhere(~near)[0])
    raise AssertionError(f"{what}: {np.count_nonzero(~near)} of {near.size} wrong, first at {at}: "
                         f"{actual[at]!r}, expected {expected[at]!r} within {bound[at]:.3g}")


def check(c, directory, rng):
    if c["type"] == "i8" and c["activation"] not in ("none", "relu"):
        c["activation"] = "relu"
    if c["type"] == "f64" and c["route"] == "vector":  # which adds in f32 or i32
        c["route"] = "sparse-tensor"
    t, (n, m) = c["type"], c["layout"]
    out = "i32" if t == "i8" else t
    dim = 0 if c["transposed"] else 1
    shape = (c["K"], c["M"]) if c["transposed"] else (c["M"], c["K"])

    def draw(shape):
        return rng.integers(-128, 128, shape).astype(np.float64) if t == "i8" else rng.standard_normal(shape)

    w = store(random_nm(rng, shape, dim, n, m, draw), t)
    bias = store(draw((c["M"],)), out)
    source, params = f"{directory}/m.mlir", f"{directory}/w.safetensors"
    open(source, "w").write(module(c))
    open(f"{directory}/rules.json", "w").write(json.dumps({"w": f"nm<{n}:{m}>"}))
    save(params, {"w": (w, t), **({"bias": (bias, out)} if c["bias"] else {})})
    compile_model(source, f"{directory}/m", "--params", params, "--layouts", f"{directory}/rules.json",
                  f"--force-route={c['route']}")
    model, three = (Model(f"{directory}/m.so", [f"{directory}/m.safetensors"], threads) for threads in (1, 3))
    w64, bias64 = load(w, t), load(bias, out)
    for size in [0, 49, 113] + SIZES:
        x = store(draw(c["batch"] + (size, c["K"])), t)
        (y,) = model.run(x)
        assert y.tobytes() == three.run(x)[0].tobytes(), f"{c} N = {size}: three threads compute something else than one"
        expected, bound = reference(c, load(x, t), w64, bias64)
        compare(f"{c} N = {size}", load(y, out), expected, bound)
    if t != "i8":
        check_background(c, model, rng, w64, bias64, t)


def check_background(c, model, rng, w, bias, t):
    """Inf and NaN opposite licensed zeros: the erased program's value, or the
    one without the licensed terms."""
    wt = w if c["transposed"] else w.T
    x = store(rng.standard_normal(c["batch"] + (3, c["K"])), t)
    x64 = load(x, t).copy()
    x64[..., 0, 0] = np.inf
    x64[..., 1, -1] = np.nan
    x = store(x64, t)
    (y,) = model.run(x)
    y = load(y, t)
    full, _ = reference(c, x64, w, bias)
    skipped = np.zeros_like(full)
    for column in range(wt.shape[1]):
        kept = wt[:, column] != 0
        part = {**c, "transposed": True, "K": max(int(kept.sum()), 1)}
        skipped[..., column], _ = (v[..., 0] for v in reference(
            part, x64[..., kept], wt[kept][:, column:column + 1], bias[column:column + 1]))
    _, bound = reference(c, np.where(np.isfinite(x64), x64, 0), w, bias)
    with np.errstate(all="ignore"):
        ok = np.zeros(y.shape, bool)
        for expected in (full, skipped):
            ok |= (y == expected) | (np.isnan(y) & np.isnan(expected)) | (np.abs(y - expected) <= bound)
    if not ok.all():
        at = tuple(int(i) for i in np.argwhere(~ok)[0])
        raise AssertionError(f"{c}: opposite a licensed zero at {at}: {y[at]!r}, expected {full[at]!r} "
                             f"or {skipped[at]!r}")


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    count = failed = 0
    for c in configurations(rng):
        count += 1
        with tempfile.TemporaryDirectory() as directory:
            try:
                check(c, directory, rng)
            except (AssertionError, RuntimeError) as e:
                failed += 1
                print(f"FAILED {c}\n  {e}"[:3000], flush=True)
    assert 0 < count <= 60, count
    print(f"{count} configurations, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
