# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s %t
"""What a public function may look like: inputs as outputs, one value twice,
no inputs, no outputs, scalars, empty tensors, every element type, several
functions, names that are no C identifiers, and sizes that are divided by 0."""
import ctypes as ct
import os
import sys

import numpy as np

from lacuna_test.runtime import Model, compile_model

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
SEED = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print("seed", SEED)
RNG = np.random.default_rng(SEED)


def build(name, text):
    path = f"{OUT}/{name}.mlir"
    with open(path, "w") as f:
        f.write(text)
    compile_model(path, f"{OUT}/{name}")
    return Model(f"{OUT}/{name}.so")


def same(results, expected):
    assert len(results) == len(expected)
    for r, e in zip(results, expected):
        e = np.asarray(e)
        assert r.shape == e.shape and r.dtype == e.dtype, (r.shape, r.dtype, e.shape, e.dtype)
        assert r.tobytes() == e.tobytes(), (r, e)


def bits(dtype, shape):
    """Random bytes; a bool is 0 or 1."""
    if dtype == np.bool_:
        return RNG.integers(0, 2, shape).astype(np.bool_)
    return RNG.integers(0, 256, (*shape, np.dtype(dtype).itemsize), np.uint8).view(dtype).reshape(shape)


# Inputs as outputs, twice, in every element type and rank, also empty.
for mlir, numpy in [("f64", np.float64), ("f32", np.float32), ("f16", np.float16), ("bf16", np.uint16),
                    ("i64", np.int64), ("i32", np.int32), ("i16", np.int16), ("i8", np.int8),
                    ("i1", np.bool_), ("index", np.int64)]:
    model = build(f"copy_{mlir}", f"""
func.func @main(%a: tensor<?x3x{mlir}>, %b: tensor<{mlir}>, %c: tensor<2x0x{mlir}>)
    -> (tensor<?x3x{mlir}>, tensor<{mlir}>, tensor<?x3x{mlir}>, tensor<2x0x{mlir}>) {{
  return %a, %b, %a, %c : tensor<?x3x{mlir}>, tensor<{mlir}>, tensor<?x3x{mlir}>, tensor<2x0x{mlir}>
}}""")
    for n in (0, 1, 5):
        a, b, c = bits(numpy, (n, 3)), bits(numpy, ()), bits(numpy, (2, 0))
        same(model.run(a, b, c), [a, b, a, c])

# No inputs: constants, scalar results, one of them twice.
model = build("constants", """
func.func @main() -> (tensor<2x2xi64>, f32, i1, tensor<3xf32>, tensor<2x2xi64>) {
  %0 = arith.constant dense<[[1, -2], [3, 4]]> : tensor<2x2xi64>
  %1 = arith.constant 2.5 : f32
  %2 = arith.constant true
  %3 = arith.constant dense<7.0> : tensor<3xf32>
  return %0, %1, %2, %3, %0 : tensor<2x2xi64>, f32, i1, tensor<3xf32>, tensor<2x2xi64>
}""")
table = np.array([[1, -2], [3, 4]])
same(model.run(), [table, np.float32(2.5), np.bool_(True), np.full(3, 7, np.float32), table])

# No outputs.
same(build("nothing", "func.func @main(%a: tensor<?xf32>) { return }").run(np.ones(3, np.float32)), [])

# Scalars as arguments, integers and masks through work that is dispatched.
model = build("scalars", """
#id = affine_map<(d0) -> (d0)>
func.func @main(%a: tensor<?xi64>, %s: i64, %m: tensor<?xi1>) -> (tensor<?xi64>, tensor<?xi1>, i64) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?xi64>
  %eb = tensor.empty(%n) : tensor<?xi1>
  %sum = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<?xi64>) outs(%e : tensor<?xi64>) {
  ^bb0(%x: i64, %o: i64):
    %0 = arith.addi %x, %s : i64
    linalg.yield %0 : i64
  } -> tensor<?xi64>
  %less = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %m : tensor<?xi64>, tensor<?xi1>) outs(%eb : tensor<?xi1>) {
  ^bb0(%x: i64, %k: i1, %o: i1):
    %0 = arith.cmpi slt, %x, %s : i64
    %1 = arith.andi %0, %k : i1
    linalg.yield %1 : i1
  } -> tensor<?xi1>
  return %sum, %less, %s : tensor<?xi64>, tensor<?xi1>, i64
}""")
for n in (0, 1, 17, 130):
    a, s, m = RNG.integers(-9, 9, n), np.int64(RNG.integers(-9, 9)), bits(np.bool_, (n,))
    same(model.run(a, np.asarray(s), m), [a + s, (a < s) & m, s])

# A size that is divided by 0 is refused by the model's own check.
model = build("divide", """
func.func @main(%a: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %m = tensor.dim %a, %c0 : tensor<?x?xf32>
  %n = tensor.dim %a, %c1 : tensor<?x?xf32>
  %rows = arith.divsi %c4, %n : index
  %ok = arith.cmpi sgt, %n, %c0 : index
  cf.assert %ok, "a row needs an element"
  %z = arith.constant 1.0 : f32
  %e = tensor.empty(%rows, %n) : tensor<?x?xf32>
  %r = linalg.fill ins(%z : f32) outs(%e : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}""")
same(model.run(np.zeros((5, 2), np.float32)), [np.ones((2, 2), np.float32)])
try:
    model.run(np.zeros((5, 0), np.float32))
    raise SystemExit("expected the check to fail")
except RuntimeError as error:
    assert "a row needs an element" in str(error), error
same(model.run(np.zeros((5, 4), np.float32)), [np.ones((1, 4), np.float32)])

# Several functions, under names that need care: of C's own functions, of the
# runtime's, and with characters that a linker gives a meaning to.
names = ["memcpy", "expf", "lacuna_rt_alloc", "main", "a.b", "a_2eb", "f@@V1", "über x*/", "lacuna_entry_main"]
functions = "\n".join(f"""
func.func @"{name}"(%a: tensor<?xf32>) -> tensor<?xf32> {{
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.generic {{indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}}
      ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) {{
  ^bb0(%x: f32, %o: f32):
    %k = arith.constant {i}.0 : f32
    %p = math.exp %x : f32
    %0 = arith.addf %p, %k : f32
    linalg.yield %0 : f32
  }} -> tensor<?xf32>
  return %r : tensor<?xf32>
}}""" for i, name in enumerate(names))
model = build("names", functions)
for i, name in enumerate(names):
    x, y = RNG.standard_normal(9).astype(np.float32), np.empty(9, np.float32)
    model.keep = []
    inputs, outputs = (model.tensor(v, model.info.inputs[0].dtype) for v in (x, y))
    model.check(model.lib.lacuna_session_run(model.session, name.encode(), ct.byref(inputs), ct.c_size_t(1),
                                             ct.byref(outputs), ct.c_size_t(1), None))
    assert np.allclose(y, np.exp(x.astype(np.float64)) + i, 1e-5, 1e-5), (name, y)
