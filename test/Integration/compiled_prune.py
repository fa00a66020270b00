# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""lacuna.prune and lacuna.convert of run-time values as lacuna-compile builds
them, against NumPy in float64.

Pruning alone must be exact, of the erased program and of the program itself;
pruning that feeds a contraction runs on both routes besides. Groups hold ties,
NaN, zeros of both signs and a ragged tail; the dimension stands anywhere. A
convert's claim is checked where it is packed: a value that breaks it fails the
call, and the next call is none the worse for it. A weight is pruned when it is
written or loaded, and no call does it again.
LACUNA_TEST_SEED repeats a run.
"""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import ROUNDOFF, load, save, store

# element type, shape, dimension, n, m
ALONE = [("f32", (5, 16), 1, 2, 4), ("f64", (3, 10, 2), 1, 1, 4), ("f16", (9, 4), 0, 4, 8),
         ("bf16", (2, 3, 7), 2, 3, 7), ("i8", (13, 5), 0, 2, 4), ("f32", (2, 33, 1, 3), 1, 5, 16),
         ("i8", (1, 3), 1, 1, 16)]
# element type, rows, columns, n, m: along the contracted columns of (rows, columns)
FED = [("f32", 24, 32, 2, 4), ("f32", 7, 37, 1, 4), ("f64", 17, 10, 4, 8), ("bf16", 16, 19, 3, 7),
       ("f16", 5, 16, 2, 4), ("i8", 9, 30, 2, 4)]


def draw(rng, shape, t):
    """Values with many ties, both zeros, and for floats NaN and Inf."""
    x = rng.integers(-3, 4, shape).astype(np.float64)
    free = rng.random(shape) < 0.4
    if t == "i8":
        return store(np.where(free, rng.integers(-128, 128, shape), x), t)
    x = np.where(free, rng.standard_normal(shape), x)
    x = np.where(rng.random(shape) < 0.1, -0.0, x)
    return store(x, t)


def with_nan(rng, x, t):
    if t == "i8":
        return x
    x64 = load(x, t)
    x64[rng.random(x.shape) < 0.1] = np.nan
    x64[rng.random(x.shape) < 0.05] = -np.inf
    return store(x64, t)


def prune(x, dim, n, m):
    """Element by element: the n of greatest magnitude in each group stay, of
    equal ones the lower coordinate, NaN before all."""
    kept = np.moveaxis(x, dim, -1).copy(order="C")  # the rows below are views of it
    for row in kept.reshape(-1, kept.shape[-1]):
        for start in range(0, len(row), m):
            group = row[start:start + m]
            order = sorted(range(len(group)),
                           key=lambda i: (not np.isnan(group[i]), -abs(group[i]) if group[i] == group[i] else 0, i))
            group[order[n:]] = 0.0
    return np.moveaxis(kept, -1, dim)


def same_bits(actual, expected):
    """Equal, with NaN equal to NaN and -0.0 unlike +0."""
    return ((actual == expected) & (np.signbit(actual) == np.signbit(expected))) | (
        np.isnan(actual) & np.isnan(expected))


def erase(source, target):
    command = [os.environ["LACUNA_BUILD"] + "/bin/lacuna-opt", source, "--decompose-lacuna-ops", "--erase-layouts",
               "-o", target]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    assert "lacuna.prune" not in open(target).read()


def alone(directory, rng, t, shape, dim, n, m):
    tensor = "x".join(map(str, shape)) + f"x{t}"
    laid_out = f"tensor<{tensor}, #lacuna.nm<{n}:{m}, dim = {dim}>>"
    source, erased = f"{directory}/m.mlir", f"{directory}/erased.mlir"
    open(source, "w").write(f"""
func.func @main(%x: tensor<{tensor}> {{lacuna.name = "x"}}) -> (tensor<{tensor}> {{lacuna.name = "y"}}) {{
  %0 = lacuna.prune %x : tensor<{tensor}> to {laid_out}
  %1 = lacuna.convert %0 : {laid_out} to tensor<{tensor}>
  return %1 : tensor<{tensor}>
}}
""")
    erase(source, erased)
    for what, path in (("erased", erased), ("as it is", source)):
        compile_model(path, f"{directory}/{what[:2]}")
        model = Model(f"{directory}/{what[:2]}.so")
        for _ in range(4):
            x = with_nan(rng, draw(rng, shape, t), t)
            (y,) = model.run(x)
            expected = prune(load(x, t), dim, n, m)
            wrong = ~same_bits(load(y, t), expected)
            assert not wrong.any(), (f"{what}: {np.count_nonzero(wrong)} of {wrong.size} wrong, "
                                     f"{load(y, t)[wrong][:4]}, expected {expected[wrong][:4]}")


def fed_module(t, rows, columns, n, m, op="prune"):
    """y = x op(v)^T."""
    out = "i32" if t == "i8" else "f32" if t in ("f16", "bf16") else t
    laid_out = f"tensor<{rows}x{columns}x{t}, #lacuna.nm<{n}:{m}, dim = 1>>"
    if t == "i8":
        body = ("%xe = arith.extsi %xv : i8 to i32\n%we = arith.extsi %wv : i8 to i32\n"
                "%p = arith.muli %xe, %we : i32\n%s = arith.addi %o, %p : i32")
    elif t in ("f16", "bf16"):
        body = (f"%xe = arith.extf %xv : {t} to f32\n%we = arith.extf %wv : {t} to f32\n"
                "%p = arith.mulf %xe, %we : f32\n%s = arith.addf %o, %p : f32")
    else:
        body = f"%p = arith.mulf %xv, %wv : {t}\n%s = arith.addf %o, %p : {t}"
    return out, f"""
func.func @main(%x: tensor<?x{columns}x{t}> {{lacuna.name = "x"}}, %v: tensor<{rows}x{columns}x{t}> {{lacuna.name = "v"}})
    -> (tensor<?x{rows}x{out}> {{lacuna.name = "y"}}) {{
  %w = lacuna.{op} %v : tensor<{rows}x{columns}x{t}> to {laid_out}
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x{columns}x{t}>
  %zero = arith.constant {"0" if out == "i32" else "0.0"} : {out}
  %empty = tensor.empty(%n) : tensor<?x{rows}x{out}>
  %fill = linalg.fill ins(%zero : {out}) outs(%empty : tensor<?x{rows}x{out}>) -> tensor<?x{rows}x{out}>
  %y = linalg.generic {{indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>,
                                        affine_map<(n, m, k) -> (n, m)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}}
    ins(%x, %w : tensor<?x{columns}x{t}>, {laid_out}) outs(%fill : tensor<?x{rows}x{out}>) {{
  ^bb0(%xv: {t}, %wv: {t}, %o: {out}):
    {body}
    linalg.yield %s : {out}
  }} -> tensor<?x{rows}x{out}>
  return %y : tensor<?x{rows}x{out}>
}}
"""


def fed(directory, rng, t, rows, columns, n, m):
    out, text = fed_module(t, rows, columns, n, m)
    source, erased = f"{directory}/m.mlir", f"{directory}/erased.mlir"
    open(source, "w").write(text)
    erase(source, erased)
    for name, path, flags in (("erased", erased, []), ("dense", source, ["--force-route=dense"]),
                              ("sparse", source, ["--force-route=sparse-tensor"])):
        compile_model(path, f"{directory}/{name}", *flags)
        model = Model(f"{directory}/{name}.so")
        for size in (0, 1, 5, 70):
            x, v = draw(rng, (size, columns), t), draw(rng, (rows, columns), t)
            (y,) = model.run(x, v)
            x64, w64 = load(x, t), prune(load(v, t), 1, n, m)
            bound = ROUNDOFF["f64" if t == "f64" else "f32"] * (columns + 4) * (np.abs(x64) @ np.abs(w64.T))
            if t == "i8":
                bound = np.zeros_like(bound)
            wrong = ~(np.abs(load(y, out) - x64 @ w64.T) <= bound)
            assert not wrong.any(), f"{name}, N = {size}: {np.count_nonzero(wrong)} of {wrong.size} wrong"


def claimed(directory, rng, t, rows, columns, n, m):
    out, text = fed_module(t, rows, columns, n, m, "convert")
    source = f"{directory}/m.mlir"
    open(source, "w").write(text)
    compile_model(source, f"{directory}/m", "--force-route=sparse-tensor")
    model = Model(f"{directory}/m.so")
    bound = ROUNDOFF["f64" if t == "f64" else "f32"] * (columns + 4)
    for _ in range(3):
        x = draw(rng, (5, columns), t)
        kept = prune(load(draw(rng, (rows, columns), t), t), 1, n, m)
        (y,) = model.run(x, store(kept, t))
        x64 = load(x, t)
        off = np.abs(load(y, out) - x64 @ kept.T) - (0 if t == "i8" else bound * (np.abs(x64) @ np.abs(kept.T)))
        assert (off <= 0).all(), f"{np.count_nonzero(off > 0)} of {off.size} wrong"
        # One too many in one group of one row; NaN counts.
        row, start = rng.integers(rows), m * rng.integers(-(-columns // m))
        if min(columns - start, m) <= n:
            start = 0
        broken = kept.copy()
        broken[row, start:start + n + 1] = 1.0
        if t != "i8":
            broken[row, start] = np.nan
        try:
            model.run(x, store(broken, t))
        except RuntimeError as e:
            assert f"nm<{n}:{m}, dim = 1>" in str(e) and "lacuna.prune" in str(e), e
        else:
            raise AssertionError(f"{n + 1} nonzeros at [{row}, {start}] were taken for nm<{n}:{m}>")


def weight_module(t, rows, columns, n, m):
    """y = x prune(w)^T of a weight that is called w, and z = w itself."""
    out, text = fed_module(t, rows, columns, n, m)
    tensor = f"tensor<{rows}x{columns}x{t}>"
    for old, new in ((f', %v: {tensor} {{lacuna.name = "v"}})', ")"),
                     ('{lacuna.name = "y"})', f'{{lacuna.name = "y"}}, {tensor} {{lacuna.name = "z"}})'),
                     ("  %w = lacuna.prune", f"  %v = ml_program.global_load_const @w : {tensor}\n  %w = lacuna.prune"),
                     (f"return %y : tensor<?x{rows}x{out}>", f"return %y, %v : tensor<?x{rows}x{out}>, {tensor}")):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return out, f"ml_program.global private @w(#ml_program.extern : {tensor}) : {tensor}\n" + text


def weight(directory, rng, t, rows, columns, n, m):
    out, text = weight_module(t, rows, columns, n, m)
    source, checkpoint = f"{directory}/m.mlir", f"{directory}/w.safetensors"
    open(source, "w").write(text)
    v = draw(rng, (rows, columns), t)
    save(checkpoint, {"w": (v, t)})
    kept = prune(load(v, t), 1, n, m)
    for route in ("dense", "sparse-tensor"):
        flags = [f"--force-route={route}"]
        # Made when the artifact is written, or from the checkpoint at load.
        compile_model(source, f"{directory}/m", *flags, f"--params={checkpoint}")
        for name, params in (("stored", ()), ("made at load", (checkpoint,))):
            model = Model(f"{directory}/m.so", params)
            x = draw(rng, (9, columns), t)
            y, z = model.run(x)
            assert (z.view(np.uint8) == v.view(np.uint8)).all(), "the weight itself changed"
            x64 = load(x, t)
            bound = ROUNDOFF["f64" if t == "f64" else "f32"] * (columns + 4) * (np.abs(x64) @ np.abs(kept.T))
            wrong = ~(np.abs(load(y, out) - x64 @ kept.T) <= (0 if t == "i8" else bound))
            assert not wrong.any(), f"{route}, {name}: {np.count_nonzero(wrong)} of {wrong.size} wrong"


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    failed = 0
    for check, cases in ((alone, ALONE), (fed, FED), (claimed, FED), (weight, FED)):
        for case in cases:
            with tempfile.TemporaryDirectory() as directory:
                try:
                    check(directory, rng, *case)
                except (AssertionError, RuntimeError) as e:
                    failed += 1
                    print(f"FAILED {check.__name__} {case}\n  {e}"[:3000], flush=True)
    print(f"{len(ALONE) + 3 * len(FED)} configurations, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
