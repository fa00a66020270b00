# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: avx512f
# RUN: %python %s %t
"""Contractions of every operand order through lacuna-cpu-codegen alone, as
hand-written dispatch functions, against NumPy's einsum in float64 (integers
exactly). Sizes are dynamic; results are added to a random start value.
LACUNA_TEST_SEED repeats a run.
"""
import ctypes
import os
import re
import subprocess
import sys

import numpy as np

STUB = """
#include <stdlib.h>
#include <stdint.h>
void lacuna_rt_parallel_for(void (*body)(void *, int64_t, int64_t), void *context, int64_t count, int64_t grain) {
  for (int64_t i = 0; i < count; i += grain) body(context, i, i + grain < count ? i + grain : count);
}
void *lacuna_rt_alloc(int64_t bytes) { return aligned_alloc(64, (bytes + 64) / 64 * 64); }
void lacuna_rt_free(void *pointer) { free(pointer); }
void lacuna_rt_fail(const char *message) { abort(); }
"""
SIZES = [0, 1, 2, 3, 7, 16, 17, 33, 63, 64, 65, 127, 128, 250]
EQUATIONS = ["mk,nk->mn", "mk,kn->mn", "km,kn->mn", "km,nk->mn", "mk,nk->nm", "mk,kn->nm", "mk,k->m", "k,nk->n",
             "k,kn->n", "bmk,bnk->bmn", "bmk,bkn->bmn", "bshd,bthd->bhst", "bhst,bthd->bshd", "bsk,nk->bsn",
             "mjk,njk->mn", "mjk,jkn->mn", "m,n->mn", "mk,nk->bmn"]
TYPES = {"f32": ("f32", "f32"), "f64": ("f64", "f64"), "f16": ("f16", "f32"), "i8": ("i8", "i32")}
NUMPY = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i8": np.int8, "i32": np.int32}


def memref(rank, element, kind="memref"):
    return f"{kind}<{'?x' * rank}{element}>"


def function(name, equation, narrow, wide):
    inputs, out = equation.split("->")
    a, b = inputs.split(",")
    loops = sorted(set(a + b + out), key=lambda x: (x not in out, x))
    maps = ", ".join(f"affine_map<({', '.join(loops)}) -> ({', '.join(o)})>" for o in (a, b, out))
    kinds = ", ".join('"parallel"' if x in out else '"reduction"' for x in loops)
    float_type = wide.startswith("f")
    extend = "arith.extf" if float_type else "arith.extsi"
    body = ["%x = %p", "%y = %q"]
    if narrow != wide:
        body = [f"%x = {extend} %p : {narrow} to {wide}", f"%y = {extend} %q : {narrow} to {wide}"]
    mul, add = ("arith.mulf", "arith.addf") if float_type else ("arith.muli", "arith.addi")
    x, y = ("%x", "%y") if narrow != wide else ("%p", "%q")
    extensions = "\n".join(body) if narrow != wide else ""
    ta, tb, tc = (memref(len(o), t, "tensor") for o, t in ((a, narrow), (b, narrow), (out, wide)))
    ma, mb, mc = (memref(len(o), t) for o, t in ((a, narrow), (b, narrow), (out, wide)))
    return f"""
func.func @{name}(%a: {ma}, %b: {mb}, %i: {mc}, %o: {mc})
    attributes {{lacuna.dispatch, lacuna.route = #lacuna.route<dense>}} {{
  %0 = bufferization.to_tensor %a restrict : {ma} to {ta}
  %1 = bufferization.to_tensor %b restrict : {mb} to {tb}
  %2 = bufferization.to_tensor %i restrict : {mc} to {tc}
  %3 = linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}}
      ins(%0, %1 : {ta}, {tb}) outs(%2 : {tc}) {{
  ^bb0(%p: {narrow}, %q: {narrow}, %s: {wide}):
    {extensions}
    %t = {mul} {x}, {y} : {wide}
    %u = {add} %s, %t : {wide}
    linalg.yield %u : {wide}
  }} -> {tc}
  bufferization.materialize_in_destination %3 in restrict writable %o : ({tc}, {mc}) -> ()
  return
}}
"""


def run(*command, text=None):
    result = subprocess.run(command, input=text, text=True, capture_output=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr[-3000:]}")
    return result.stdout


def build(cases, base):
    module = "".join(function(name, equation, *TYPES[kind]) for name, equation, kind in cases)
    lowered = run("lacuna-opt", "--lacuna-cpu-codegen", text=module)
    lowered = re.sub(r"lacuna\.[a-z_]+( = #lacuna\.route<[a-z]+>)?(, )?", "", lowered)
    run("mlir-translate", "--mlir-to-llvmir", "-o", base + ".ll", text=lowered)
    with open(base + ".c", "w") as f:
        f.write(STUB)
    run("clang", "-O2", "-march=native", "-Wno-override-module", "-shared", "-fPIC", base + ".ll", base + ".c", "-lm",
        "-o", base + ".so")
    return ctypes.CDLL(base + ".so")


def arguments(array):
    pointer = ctypes.c_void_p(array.ctypes.data)
    strides, step = [], 1
    for size in reversed(array.shape):
        strides.insert(0, step)
        step *= size
    numbers = [0, *array.shape, *strides]
    return [pointer, pointer, *map(ctypes.c_int64, numbers)]


def random(rng, shape, kind):
    if kind.startswith("i"):
        return rng.integers(-100, 100, shape).astype(NUMPY[kind])
    return rng.standard_normal(shape).astype(NUMPY[kind])


def check(library, rng, name, equation, kind):
    narrow, wide = TYPES[kind]
    inputs, out = equation.split("->")
    a, b = inputs.split(",")
    sizes = {x: int(rng.choice(SIZES[:8] if len(set(equation)) > 6 else SIZES)) for x in set(a + b + out)}
    x, y = (random(rng, [sizes[d] for d in o], narrow) for o in (a, b))
    start = random(rng, [sizes[d] for d in out], wide)
    poison = np.full(start.shape, 77 if kind == "i8" else np.nan, start.dtype)
    # Memory behind the result must stay as it is.
    memory = np.full(start.size + 64, -5, start.dtype)
    result = memory[:start.size].reshape(start.shape)
    result[...] = poison
    getattr(library, name)(*arguments(x), *arguments(y), *arguments(start), *arguments(result))
    exact = np.int64 if kind == "i8" else np.float64
    missing = [d for d in out if d not in a + b]
    ones = np.ones([sizes[d] for d in missing], exact)
    full = f"{a},{b},{''.join(missing)}->{out}"
    expect = np.einsum(full, x.astype(exact), y.astype(exact), ones) + start
    scale = np.einsum(full, abs(x.astype(exact)), abs(y.astype(exact)), ones) + abs(start)
    tolerance = {"f32": 1e-6, "f16": 1e-6, "f64": 1e-14, "i8": 0}[kind]
    assert (memory[start.size:] == -5).all(), f"{equation} {kind} {sizes}: wrote behind the result"
    bad = ~(abs(result.astype(exact) - expect) <= tolerance * (scale + 1))
    assert not bad.any(), f"{equation} {kind} {sizes}: {bad.sum()} of {bad.size} elements are wrong, first at {np.argwhere(bad)[0]}"


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print("seed", seed)
    rng = np.random.default_rng(seed)
    cases = [(f"f{i}_{kind}", equation, kind) for i, equation in enumerate(EQUATIONS) for kind in TYPES
             if kind == "f32" or i % len(TYPES) == list(TYPES).index(kind) or i < 2]
    library = build(cases, sys.argv[1])
    for case in cases:
        for _ in range(12):
            check(library, rng, *case)
    print(len(cases), "dispatch functions are right")


if __name__ == "__main__":
    main()
