# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %t cpu && %python %s %t emulator:sm_80
# REQUIRES: lacuna-run
"""Models with state over many runs, against NumPy: caches updated at a position
that is data, old and new values that are both live, states that exchange their
values, every order of loads and stores. LACUNA_TEST_SEED repeats a run.
"""
import os
import struct
import json
import sys

import numpy as np

from lacuna_test.device import Device
from lacuna_test.runtime import DLTensor, Model, compile_model, target_of

folder, device = sys.argv[1:]
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"{device}: LACUNA_TEST_SEED={seed}")
rng = np.random.default_rng(seed)

ADD = """linalg.generic {{indexing_maps = [{map}, {map}, {map}], iterator_types = [{kinds}]}}
    ins({a}, {b} : {t}, {t}) outs({e} : {t}) {{
  ^bb0(%left: {s}, %right: {s}, %out: {s}):
    %total = arith.add{k} %left, %right : {s}
    linalg.yield %total : {s}
  }} -> {t}"""


def add(a, b, e, shape, s):
    dims = ", ".join(f"d{i}" for i in range(len(shape)))
    t = f"tensor<{''.join(f'{n}x' for n in shape)}{s}>"
    return ADD.format(a=a, b=b, e=e, t=t, s=s, k="i" if s[0] == "i" else "f",
                      map=f"affine_map<({dims}) -> ({dims})>", kinds=", ".join(['"parallel"'] * len(shape)))


def build(name, text, params=()):
    path = f"{folder}/{name}-{device.replace(':', '-')}"
    with open(path + ".mlir", "w") as file:
        file.write(text)
    compile_model(path + ".mlir", path, *[f"--params={p}" for p in params], targets=[target_of(device)])
    return Model(path + ".so", device=device)


def close(actual, expected):
    np.testing.assert_allclose(np.asarray(actual, np.float64), expected, rtol=1e-5, atol=1e-5)


def cache(length, reads):
    """One position written, and, where asked for, all summed."""
    t = f"tensor<2x3x{length}x5xf32>"
    total = f"""
  %e = tensor.empty() : tensor<2x3x5xf32>
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %sum = linalg.reduce ins(%new : {t}) outs(%f : tensor<2x3x5xf32>) dimensions = [2]
      (%a: f32, %b: f32) {{ %c = arith.addf %a, %b : f32 linalg.yield %c : f32 }}"""
    return f"""
ml_program.global private mutable @cache(dense<0.0> : {t}) : {t}
func.func @main(%x: tensor<2x3x1x5xf32>, %at: tensor<1xi64>) -> tensor<2x3x5xf32> {{
  %c0 = arith.constant 0 : index
  %old = ml_program.global_load @cache : {t}
  %p = tensor.extract %at[%c0] : tensor<1xi64>
  %size = arith.constant {length} : i64
  %ok = arith.cmpi ult, %p, %size : i64
  cf.assert %ok, "the position is not in the cache"
  %i = arith.index_cast %p : i64 to index
  %new = tensor.insert_slice %x into %old[0, 0, %i, 0] [2, 3, 1, 5] [1, 1, 1, 1]
      : tensor<2x3x1x5xf32> into {t}
  ml_program.global_store @cache = %new : {t}
  {total if reads else ""}
  %y = tensor.collapse_shape %x [[0], [1, 2], [3]] : tensor<2x3x1x5xf32> into tensor<2x3x5xf32>
  return {"%sum" if reads else "%y"} : tensor<2x3x5xf32>
}}"""


def check_cache():
    model = build("cache", cache(37, True))
    expected = np.zeros((2, 3, 37, 5), np.float32)
    close(model.get_state("cache"), expected)
    for at in [*rng.integers(0, 37, 20), 0, 36]:
        x = rng.normal(size=(2, 3, 1, 5)).astype(np.float32)
        expected[:, :, at] = x[:, :, 0]
        (total,) = model.run(x, np.array([at]))
        close(total, expected.astype(np.float64).sum(2))
        assert (model.get_state("cache") == expected).all()
    for at in (37, -1, 1 << 40):
        try:
            model.run(x, np.array([at]))
        except RuntimeError as error:
            assert device != "cpu" or "the position is not in the cache" in str(error), error
        else:
            raise AssertionError(f"position {at} was taken")
    model.reset_state()
    assert not model.get_state("cache").any()
    filled = rng.normal(size=expected.shape).astype(np.float32)
    model.set_state("cache", filled)
    (total,) = model.run(x, np.array([5]))
    filled[:, :, 5] = x[:, :, 0]
    close(total, filled.astype(np.float64).sum(2))


def check_graph():
    """Each launch of a captured run is a step of the state."""
    if device == "cpu":
        return
    model = build("graph", cache(37, True))
    place, info = Device(model), model.info
    x, at, total = np.zeros((2, 3, 1, 5), np.float32), np.zeros(1, np.int64), np.empty((2, 3, 5), np.float32)
    memory = [place.allocate(array.nbytes) for array in (x, at, total)]
    ins = (DLTensor * 2)(*[place.tensor(m, a.shape, i.dtype) for m, a, i in zip(memory, (x, at), info.inputs[:2])])
    outs = (DLTensor * 1)(place.tensor(memory[2], total.shape, info.outputs[0].dtype))
    size = place.workspace(ins)
    arena = place.allocate(size)
    place.upload(memory[1], at)
    place.run(ins, outs, arena, size)  # Loads the kernels.
    place.download(total, memory[2])
    model.reset_state()
    graph = place.capture(lambda: place.run(ins, outs, arena, size))
    expected = np.zeros((2, 3, 37, 5), np.float32)
    assert (model.get_state("cache") == expected).all(), "a capture ran"
    for at in rng.integers(0, 37, (8, 1)):
        x = rng.normal(size=x.shape).astype(np.float32)
        expected[:, :, at[0]] = x[:, :, 0]
        place.upload(memory[0], x)
        place.upload(memory[1], at)
        place.replay(graph)
        place.download(total, memory[2])
        close(total, expected.astype(np.float64).sum(2))
        assert (model.get_state("cache") == expected).all()
    place.table.graph_destroy(place.handle, graph)


def check_traffic():
    """A cache that is only written: bytes do not depend on its length."""
    if device == "cpu":
        return
    bytes_of = []
    for length in (8, 4096):
        model = build(f"write{length}", cache(length, False))
        x = rng.normal(size=(2, 3, 1, 5)).astype(np.float32)
        model.reset_counters()
        model.run(x, np.array([length - 1]))
        found = model.counters()
        bytes_of.append((found["global.load.bytes"], found["global.store.bytes"]))
        assert (model.get_state("cache")[:, :, length - 1] == x[:, :, 0]).all()
    print("bytes loaded and stored for a position:", *bytes_of)
    assert bytes_of[0] == bytes_of[1] and bytes_of[0][1] <= 2 * 120, bytes_of


def check_old_and_new():
    """The old cache is read behind the update, whole and in part."""
    t = "tensor<6x4xf32>"
    model = build("both", f"""
ml_program.global private mutable @cache : {t}
func.func @main(%x: tensor<1x4xf32>, %at: tensor<1xi64>) -> ({t}, {t}, {t}) {{
  %c0 = arith.constant 0 : index
  %old = ml_program.global_load @cache : {t}
  %p = tensor.extract %at[%c0] : tensor<1xi64>
  %i = arith.index_cast %p : i64 to index
  %new = tensor.insert_slice %x into %old[%i, 0] [1, 4] [1, 1] : tensor<1x4xf32> into {t}
  ml_program.global_store @cache = %new : {t}
  %again = ml_program.global_load @cache : {t}
  %e = tensor.empty() : {t}
  %both = {add("%old", "%again", "%e", (6, 4), "f32")}
  return %old, %again, %both : {t}, {t}, {t}
}}""")
    expected = np.zeros((6, 4), np.float32)
    for at in rng.integers(0, 6, 12):
        x = rng.normal(size=(1, 4)).astype(np.float32)
        old, new, both = model.run(x, np.array([at]))
        assert (old == expected).all()
        before = expected.copy()
        expected[at] = x
        assert (new == expected).all() and (model.get_state("cache") == expected).all()
        close(both, before.astype(np.float64) + expected)


def check_exchange():
    """Two states get each other's value, a third a sum of all."""
    t = "tensor<7xf32>"
    model = build("exchange", f"""
ml_program.global private mutable @a(dense<0.0> : {t}) : {t}
ml_program.global private mutable @b(dense<0.0> : {t}) : {t}
ml_program.global private mutable @c(dense<0.0> : {t}) : {t}
func.func @main(%x: {t}) -> {t} {{
  %a = ml_program.global_load @a : {t}
  %b = ml_program.global_load @b : {t}
  %c = ml_program.global_load @c : {t}
  ml_program.global_store @a = %b : {t}
  ml_program.global_store @b = %a : {t}
  %e = tensor.empty() : {t}
  %s = {add("%a", "%x", "%e", (7,), "f32")}
  ml_program.global_store @c = %s : {t}
  return %c : {t}
}}""")
    a, b = (rng.normal(size=7).astype(np.float32) for _ in range(2))
    c = np.zeros(7, np.float32)
    model.set_state("a", a)
    model.set_state("b", b)
    for _ in range(5):
        x = rng.normal(size=7).astype(np.float32)
        (old,) = model.run(x)
        close(old, c)
        a, b, c = b, a, a + x
        for name, value in (("a", a), ("b", b), ("c", c)):
            close(model.get_state(name), value)


def check_counter():
    """Numbers, whose first value is a weight, and a state that is replaced."""
    with open(f"{folder}/w.safetensors", "wb") as file:
        header = json.dumps({"count": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}}).encode()
        file.write(struct.pack("<Q", len(header)) + header + struct.pack("<q", 1000))
    model = build("count", f"""
ml_program.global private mutable @count(#ml_program.extern : tensor<i64>) : tensor<i64>
ml_program.global private mutable @last : tensor<3xi1>
func.func @main(%by: tensor<i64>, %x: tensor<3xi1>) -> (tensor<i64>, tensor<3xi1>) {{
  %n = ml_program.global_load @count : tensor<i64>
  %e = tensor.empty() : tensor<i64>
  %m = {add("%n", "%by", "%e", (), "i64")}
  ml_program.global_store @count = %by : tensor<i64>
  ml_program.global_store @count = %m : tensor<i64>
  %last = ml_program.global_load @last : tensor<3xi1>
  ml_program.global_store @last = %x : tensor<3xi1>
  return %m, %last : tensor<i64>, tensor<3xi1>
}}""", [f"{folder}/w.safetensors"])
    expected, last = 1000, np.zeros(3, bool)
    for _ in range(6):
        by, x = rng.integers(-9, 9), rng.integers(0, 2, 3).astype(bool)
        number, before = model.run(np.array(by), x)
        expected += by
        assert number == expected and (before == last).all()
        assert model.get_state("count") == expected
        last = x
    model.reset_state("count")
    assert model.get_state("count") == 1000 and (model.get_state("last") == last).all()


check_cache()
check_graph()
check_traffic()
check_old_and_new()
check_exchange()
check_counter()
print(f"{device}: all agree")
