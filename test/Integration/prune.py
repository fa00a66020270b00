# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""What lacuna.prune means, and how its result is packed, against NumPy: bit by
bit, through decompose-lacuna-ops, erase-layouts and upstream's plain loops.
Ties, zeros of both signs, infinities, NaN, ragged tails, groups longer than the
tensor, and every dimension. Then a compiled model that prunes one of its inputs
and multiplies by it, on either route. LACUNA_TEST_SEED repeats a run."""
import ctypes
import itertools
import os
import re
import subprocess
import tempfile

import numpy as np

from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, store

LLVM = os.environ.get("LLVM_BIN_DIR", "/usr/lib/llvm-22/bin")
CASES = [((8, 16), 1, 2, 4, "f32"), ((16, 8), 0, 2, 4, "f32"), ((3, 10, 5), 1, 2, 4, "f32"),
         ((5, 3), 1, 1, 8, "f32"), ((7,), 0, 2, 3, "f32"), ((4, 130), 1, 5, 64, "f32"),
         ((6, 9), 1, 3, 4, "f64"), ((6, 9), 0, 1, 2, "f16"), ((6, 9), 1, 2, 4, "bf16"),
         ((6, 19), 1, 2, 4, "i8"), ((6, 19), 0, 3, 5, "i32"), ((0, 8), 1, 2, 4, "f32"), ((2, 1), 1, 1, 2, "f32")]
PIPELINE = "builtin.module(" + ",".join("""
convert-tensor-to-linalg func.func(linalg-generalize-named-ops)
one-shot-bufferize{bufferize-function-boundaries=1} func.func(convert-linalg-to-loops)
fold-memref-alias-ops expand-strided-metadata lower-affine convert-scf-to-cf
convert-math-to-llvm expand-strided-metadata lower-affine arith-expand convert-arith-to-llvm
finalize-memref-to-llvm func.func(llvm-request-c-wrappers) convert-func-to-llvm convert-cf-to-llvm
convert-index-to-llvm reconcile-unrealized-casts
""".split()) + ")"
PLAN = ('#lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = sparse-tensor, '
        'nanoseconds = 1, denseNanoseconds = 1, reason = "test">]>')


def shaped(kind, shape, element):
    return f"{kind}<{'x'.join([*map(str, shape), element])}>"


def packed_shape(shape, dim, n, m):
    return (*shape[:dim], *shape[dim + 1:], -(-shape[dim] // m), n)


def prune_function(name, shape, dim, n, m, t):
    tensor, memref = shaped("tensor", shape, t), shaped("memref", shape, t)
    layout = tensor[:-1] + f", #lacuna.nm<{n}:{m}, dim = {dim}>>"
    return f"""func.func @{name}(%x: {memref}, %o: {memref}) {{
  %0 = bufferization.to_tensor %x restrict : {memref} to {tensor}
  %1 = lacuna.prune %0 : {tensor} to {layout}
  %2 = lacuna.convert %1 : {layout} to {tensor}
  bufferization.materialize_in_destination %2 in restrict writable %o : ({tensor}, {memref}) -> ()
  return
}}
"""


def pack_function(name, shape, dim, n, m, t):
    """A region on route sparse-tensor makes materialize-layouts pack."""
    tensor, memref = shaped("tensor", shape, t), shaped("memref", shape, t)
    layout = tensor[:-1] + f", #lacuna.nm<{n}:{m}, dim = {dim}>>"
    packed = packed_shape(shape, dim, n, m)
    values, coordinates = shaped("memref", packed, t), shaped("memref", packed, "i8")
    loops = [f"d{i}" for i in range(len(shape))]
    maps = [f"affine_map<({', '.join(loops)}) -> ({r})>" for r in (", ".join(loops), f"d{dim}", ", ".join(
        d for i, d in enumerate(loops) if i != dim))]
    iterators = ", ".join('"reduction"' if i == dim else '"parallel"' for i in range(len(shape)))
    vector, result = f"tensor<{shape[dim]}x{t}>", shaped("tensor", shape[:dim] + shape[dim + 1:], t)
    mul, add = ("arith.muli", "arith.addi") if t[0] == "i" else ("arith.mulf", "arith.addf")
    return f"""func.func @{name}(%x: {memref}, %v: {values}, %c: {coordinates}) {{
  %0 = bufferization.to_tensor %x restrict : {memref} to {tensor}
  %1 = lacuna.prune %0 : {tensor} to {layout}
  %2 = tensor.empty() : {vector}
  %3 = tensor.empty() : {result}
  %4 = lacuna.dispatch(%w = %1 : {layout}, %y = %2 : {vector}, %z = %3 : {result}) -> ({result}) plan({PLAN}) {{
    %5 = linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = [{iterators}], contraction}}
        ins(%w, %y : {layout}, {vector}) outs(%z : {result}) {{
    ^bb0(%a: {t}, %b: {t}, %r: {t}):
      %6 = {mul} %a, %b : {t}
      %7 = {add} %r, %6 : {t}
      linalg.yield %7 : {t}
    }} -> {result}
    lacuna.yield %5 : {result}
  }}
  return
}}
"""


def run(command, text):
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    assert done.returncode == 0, f"{command}\n{done.stderr}\n{text[:4000]}"
    return done.stdout


def packing_stored(text):
    """The components go to the function's buffers instead of the contraction."""
    text = re.sub(r"%\S+ = lacuna\.assemble (\S+), (\S+) : (tensor\S+), (tensor\S+) to .*", lambda a: "\n".join(
        f"bufferization.materialize_in_destination {a[i]} in restrict writable %arg{i} : "
        f"({a[i + 2]}, {a[i + 2].replace('tensor', 'memref')}) -> ()" for i in (1, 2)), text)
    return re.sub(r"^ *%\S+ = linalg\.generic [^\n]*contraction.*?^ *\} -> \S+$", "", text, flags=re.S | re.M)


def build(folder):
    prunes = "".join(prune_function(f"prune{i}", *case) for i, case in enumerate(CASES))
    packs = "".join(pack_function(f"pack{i}", *case) for i, case in enumerate(CASES))
    prunes = run(["lacuna-opt", "--decompose-lacuna-ops", "--erase-layouts"], prunes)
    assert "lacuna" not in prunes
    packs = packing_stored(run(["lacuna-opt", "--materialize-layouts", "--decompose-lacuna-ops"], packs))
    assert "lacuna" not in packs, packs
    for name, text in ("prune", prunes), ("pack", packs):
        text = run([f"{LLVM}/mlir-opt", f"--pass-pipeline={PIPELINE}"], text)
        text = run([f"{LLVM}/mlir-translate", "--mlir-to-llvmir"], text)
        # Plain loops: nothing that would treat a NaN as any other number.
        run([f"{LLVM}/clang", "-O1", "-w", "-x", "ir", "-", "-shared", "-fPIC", "-o", f"{folder}/{name}.so", "-lm"],
            text)
        yield ctypes.CDLL(f"{folder}/{name}.so")


def call(function, *arrays):
    def descriptor(array):
        class Descriptor(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("aligned", ctypes.c_void_p), ("offset", ctypes.c_int64),
                        ("sizes", ctypes.c_int64 * array.ndim), ("strides", ctypes.c_int64 * array.ndim)]

        index = ctypes.c_int64 * array.ndim
        return Descriptor(array.ctypes.data, array.ctypes.data, 0, index(*array.shape),
                          index(*(s // array.itemsize for s in array.strides)))

    descriptors = [descriptor(a) for a in arrays]
    function(*map(ctypes.byref, descriptors))


def draw(rng, shape, dtype):
    """Few magnitudes, so that ties are common; zeros; the ends of the type."""
    if dtype[0] == "i":
        least = np.iinfo(dtype.replace("i", "int")).min
        return rng.choice([0, 0, 1, -1, 2, -2, 3, -3, -least - 1, least, least + 1], shape)
    return rng.choice([0.0, -0.0, 0.0, 1.0, -1.0, 2.0, -2.0, 0.5, np.inf, -np.inf, np.nan, 3.0, -4.0], shape)


def reference(x, bits, dim, n, m):
    """Pruned bits, and the canonical values and coordinates, group by group."""
    pruned = np.zeros_like(bits)
    shape = packed_shape(x.shape, dim, n, m)
    values, coordinates = np.zeros(shape, bits.dtype), np.zeros(shape, np.uint8)
    rows = [range(s) for i, s in enumerate(x.shape) if i != dim]
    for row in itertools.product(*rows):
        at = (*row[:dim], slice(None), *row[dim:])
        line, raw, out = x[at], bits[at], pruned[at]
        for g in range(shape[-2]):
            group = range(g * m, min(g * m + m, len(line)))
            magnitude = lambda i: np.inf if np.isnan(line[i]) else abs(line[i])
            order = sorted(group, key=lambda i: (not np.isnan(line[i]), -magnitude(i), i))
            for i in order[:n]:
                out[i] = raw[i]
            kept = [i - g * m for i in order[:n] if line[i] != 0]
            free = [c for c in range(m) if c not in kept]
            chosen = sorted(kept + free[:n - len(kept)])
            for slot, c in enumerate(chosen):
                coordinates[(*row, g, slot)] = c
                if g * m + c < len(line):
                    values[(*row, g, slot)] = out[g * m + c]
    return pruned, values, coordinates


def check(what, found, expected, case):
    if not np.array_equal(found, expected):
        first = tuple(np.argwhere(found != expected)[0])
        raise SystemExit(f"{case}: {what}{list(first)}: expected {expected[first]:#x}, found {found[first]:#x}")


MODEL = """
func.func @main(%v: tensor<8x10xf32> {lacuna.name = "v"}, %x: tensor<?x10xf32> {lacuna.name = "x"})
    -> (tensor<?x8xf32> {lacuna.name = "y"}, tensor<8x10xf32> {lacuna.name = "d"}) {
  %w = lacuna.prune %v : tensor<8x10xf32> to tensor<8x10xf32, #lacuna.nm<2:4, dim = 1>>
  %d = lacuna.convert %w : tensor<8x10xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x10xf32>
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x10xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>,
      affine_map<(i, j, k) -> (i, j)>] {lacuna.route = #lacuna.route<ROUTE>}
    ins(%x, %w : tensor<?x10xf32>, tensor<8x10xf32, #lacuna.nm<2:4, dim = 1>>)
    outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %y, %d : tensor<?x8xf32>, tensor<8x10xf32>
}
"""


def compiled(rng, folder, route):
    with open(f"{folder}/{route}.mlir", "w") as f:
        f.write(MODEL.replace("ROUTE", route))
    compile_model(f"{folder}/{route}.mlir", f"{folder}/{route}")
    model = Model(f"{folder}/{route}.so")
    for rows in 0, 1, 2, 7, 64, 100:
        v = rng.choice([0.0, -0.0, 1, -1, 2, 0.5, 3], (8, 10)).astype(np.float32)
        x = rng.standard_normal((rows, 10)).astype(np.float32)
        y, d = model.run(v, x)
        pruned = reference(v.astype(np.float64), v.view(np.uint32), 1, 2, 4)[0]
        check("pruned", d.view(np.uint32), pruned, route)
        np.testing.assert_allclose(y, x.astype(np.float64) @ pruned.view(np.float32).T, 1e-5, 1e-5)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        prunes, packs = build(folder)
        for i, case in enumerate(CASES):
            shape, dim, n, m, dtype = case
            for _ in range(20):
                x = store(draw(rng, shape, dtype), dtype)
                unsigned = f"u{x.dtype.itemsize}"
                bits = x.view(unsigned)
                pruned, values, coordinates = reference(load(x, dtype), bits, dim, n, m)
                out, packed = np.full(shape, 0xA5, unsigned), packed_shape(shape, dim, n, m)
                call(getattr(prunes, f"_mlir_ciface_prune{i}"), bits, out)
                check("pruned", out, pruned, case)
                v, c = np.full(packed, 0xA5, unsigned), np.full(packed, 0xA5, np.uint8)
                call(getattr(packs, f"_mlir_ciface_pack{i}"), bits, v, c)
                check("coordinates", c, coordinates, case)
                check("values", v, values, case)
        for route in "sparse-tensor", "dense":
            compiled(rng, folder, route)
    print(f"{len(CASES)} cases, 20 draws each")


if __name__ == "__main__":
    main()
