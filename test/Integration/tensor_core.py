# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: env LACUNA_TEST_DEVICE=emulator:sm_80 %python %s
"""y = act(x W^T + bias) + residual by the tensor-core kernels, executed by the
emulator, against the erased program in float64, computed by NumPy.

Each sample has a type, sizes, an order of every operand's dimensions, a batch,
an epilogue and a route; its artifact runs at several numbers of columns, so
that edges of tiles, both of a dynamic kernel's schedules and the empty case are
met. The counters show that the instructions of the route ran, how many, and
that neither a bank conflict nor local memory occurred. LACUNA_TEST_SEED repeats
a run.
"""
import ctypes as ct
import json
import os
import re
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import load, random_nm, save, store

# Type of the operands: type of the sum, options, layout, depth of an mma and
# an mma.sp, unit roundoff of the operands where they are rounded.
TYPES = {
    "bf16": ("f32", [], (2, 4), 16, 32, 0.0),
    "f16": ("f32", [], (2, 4), 16, 32, 0.0),
    "i8": ("i32", [], (2, 4), 32, 64, 0.0),
    "tf32": ("f32", ["--precision=tf32"], (1, 2), 8, 16, 2.0**-11),
    "f32->bf16": ("f32", ["--precision=bf16"], (2, 4), 16, 32, 2.0**-8),
    "f32->f16": ("f32", ["--precision=f16"], (2, 4), 16, 32, 2.0**-11),
}
SIZES = [1, 5, 16, 24, 33, 64, 72, 100, 130, 256]


class Counter(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("value", ct.c_uint64)]


def counters(model):
    found, count = (Counter * 64)(), ct.c_size_t(0)
    model.check(model.lib.lacuna_session_counters(model.session, found, ct.c_size_t(64), ct.byref(count)))
    return {found[i].name.decode(): found[i].value for i in range(count.value)}


def element(c):
    return "f32" if c["type"] == "tf32" or "->" in c["type"] else c["type"]


def module(c):
    t, s, k, m = element(c), TYPES[c["type"]][0], c["K"], c["M"]
    batch = [f"b{i}" for i in range(len(c["batch"]))]
    sizes = {"n": "?", "m": m, "k": k, **dict(zip(batch, c["batch"]))}
    order = {"x": batch + (["k", "n"] if c["x_turned"] else ["n", "k"]),
             "w": (batch if c["batch_of_weights"] else []) + (["k", "m"] if c["w_turned"] else ["m", "k"]),
             "y": batch + (["m", "n"] if c["y_turned"] else ["n", "m"])}
    loops = batch + ["n", "m", "k"]

    def tensor(name, kind, turned=None):
        return "tensor<" + "x".join(str(sizes[d]) for d in (turned or order[name])) + f"x{kind}>"

    def at(names, space):
        return f"affine_map<({', '.join(space)}) -> ({', '.join(names)})>"
    integer = s == "i32"
    kinds = ", ".join(['"parallel"'] * (len(loops) - 1))
    zero, add, largest = ("0", "arith.addi", "arith.maxsi") if integer else ("0.0", "arith.addf", "arith.maximumf")
    multiply = "arith.muli" if integer else "arith.mulf"
    extend = "arith.extsi" if integer else "arith.extf"
    widen = "" if t == s else f"%xe = {extend} %xv : {t} to {s}\n%we = {extend} %wv : {t} to {s}\n"
    x, w = ("%xv", "%wv") if t == s else ("%xe", "%we")
    out = c["out"] if not integer else s
    cast = f"%r = arith.truncf %q : {s} to {out}\n" if out != s else ""
    last = "%r" if out != s else "%q"
    y, z, r = tensor("y", s), tensor("y", out), tensor("y", s)
    dim = order["x"].index("n")
    return f"""
ml_program.global private @w(#ml_program.extern : {tensor("w", t)}) : {tensor("w", t)}
ml_program.global private @bias(#ml_program.extern : tensor<{m}x{s}>) : tensor<{m}x{s}>
func.func @main(%x: {tensor("x", t)} {{lacuna.name = "x"}}, %residual: {r} {{lacuna.name = "r"}}) -> ({z} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : {tensor("w", t)}
  %bias = ml_program.global_load_const @bias : tensor<{m}x{s}>
  %c = arith.constant {dim} : index
  %n = tensor.dim %x, %c : {tensor("x", t)}
  %zero = arith.constant {zero} : {s}
  %empty = tensor.empty(%n) : {y}
  %fill = linalg.fill ins(%zero : {s}) outs(%empty : {y}) -> {y}
  %y = linalg.generic {{indexing_maps = [{at(order["x"], loops)}, {at(order["w"], loops)}, {at(order["y"], loops)}],
                       iterator_types = [{kinds}, "reduction"]}}
    ins(%x, %w : {tensor("x", t)}, {tensor("w", t)}) outs(%fill : {y}) {{
  ^bb0(%xv: {t}, %wv: {t}, %o: {s}):
    {widen}%p = {multiply} {x}, {w} : {s}
    %u = {add} %o, %p : {s}
    linalg.yield %u : {s}
  }} -> {y}
  %last = tensor.empty(%n) : {z}
  %z = linalg.generic {{indexing_maps = [{at(order["y"], order["y"])}, {at(["m"], order["y"])}, {at(order["y"], order["y"])}, {at(order["y"], order["y"])}],
                       iterator_types = [{kinds}]}}
    ins(%y, %bias, %residual : {y}, tensor<{m}x{s}>, {r}) outs(%last : {z}) {{
  ^bb0(%v: {s}, %bv: {s}, %rv: {s}, %o: {out}):
    %s = {add} %v, %bv : {s}
    %a = {largest} %s, %zero : {s}
    %q = {add} %a, %rv : {s}
    {cast}linalg.yield {last} : {out}
  }} -> {z}
  return %z : {z}
}}
"""


def sample(rng, index):
    """Types and routes take turns; the rest is random."""
    pick = lambda *values: values[int(rng.integers(len(values)))]
    name = list(TYPES)[index % len(TYPES)]
    batch = pick((), (), (3,), (3, 1))
    return {"type": name, "route": ("dense", "tensor-core")[index // len(TYPES) % 2],
            "M": pick(*SIZES), "K": pick(*SIZES), "batch": batch, "batch_of_weights": bool(batch) and pick(False, True),
            "x_turned": pick(False, False, True), "w_turned": pick(False, False, True),
            "y_turned": pick(False, False, True), "out": pick("f32", "f32", "f16", "bf16")}


def reference(c, x, w, bias, residual):
    """In the order of dimensions batch, n, m; with a bound of the error."""
    sum_type, _, _, _, _, roundoff = TYPES[c["type"]]
    x = np.swapaxes(x, -1, -2) if c["x_turned"] else x
    w = w if c["w_turned"] else np.swapaxes(w, -1, -2)
    y = np.maximum(x @ w + bias, 0)
    magnitude = np.abs(x) @ np.abs(w)
    turned = residual if not c["y_turned"] else np.swapaxes(residual, -1, -2)
    y = y + turned
    # Products of 8 or 11 bits are exact in f32. Tensor cores truncate sums: an
    # ulp a term. Rounded operands are off by their roundoff each.
    bound = (2.0**-23 * (c["K"] + 8) + 2.1 * roundoff) * magnitude + 2.0**-22 * (np.abs(y) + np.abs(bias) + np.abs(turned))
    bound += {"f16": 2.0**-11, "bf16": 2.0**-8}.get(c["out"], 0.0) * np.abs(y) + 1e-7
    if sum_type == "i32":
        bound = np.zeros_like(y)
    return (np.swapaxes(y, -1, -2), np.swapaxes(bound, -1, -2)) if c["y_turned"] else (y, bound)


def check(c, directory, rng):
    t, (s, options, (n, m), dense_depth, sparse_depth, _) = element(c), TYPES[c["type"]]
    out = s if s == "i32" else c["out"]
    draw = lambda shape: (rng.integers(-128, 128, shape) if t == "i8" else rng.standard_normal(shape)).astype(np.float64)
    lead = c["batch"] if c["batch_of_weights"] else ()
    dim = len(lead) + (0 if c["w_turned"] else 1)
    shape = lead + ((c["K"], c["M"]) if c["w_turned"] else (c["M"], c["K"]))
    w = store(random_nm(rng, shape, dim, n, m, draw), t)
    bias = store(draw((c["M"],)), s)
    source, params = f"{directory}/m.mlir", f"{directory}/w.safetensors"
    open(source, "w").write(module(c))
    open(f"{directory}/rules.json", "w").write(json.dumps({"w": f"nm<{n}:{m}>"}))
    save(params, {"w": (w, t), "bias": (bias, s)})
    compile_model(source, f"{directory}/m", "--params", params, "--layouts", f"{directory}/rules.json", "--no-cubin",
                  f"--force-route={c['route']}", *options)
    model = Model(f"{directory}/m.so", [f"{directory}/m.safetensors"])
    for size in (0, 1, 16, 17, 70):
        x = store(draw(c["batch"] + ((c["K"], size) if c["x_turned"] else (size, c["K"]))), t)
        residual = store(draw(c["batch"] + ((c["M"], size) if c["y_turned"] else (size, c["M"]))), s)
        model.check(model.lib.lacuna_session_counters_reset(model.session))
        (y,) = model.run(x, residual)
        expected, bound = reference(c, load(x, t), load(w, t), load(bias, s), load(residual, s))
        wrong = ~(np.abs(load(y, out) - expected) <= bound)  # NaN is wrong, too
        if wrong.any():
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise AssertionError(f"{c} N = {size}: {np.count_nonzero(wrong)} of {wrong.size} wrong, first at {at}: "
                                 f"{load(y, out)[at]!r}, expected {expected[at]!r} within {bound[at]:.3g}")
        seen = counters(model)
        used, idle = ("mma.sp", "mma") if c["route"] == "tensor-core" else ("mma", "mma.sp")
        depth = sparse_depth if c["route"] == "tensor-core" else dense_depth
        # A batch that the weight lacks is more columns.
        batches = int(np.prod(c["batch"]))
        columns, batches = (size, batches) if c["batch_of_weights"] else (size * batches, 1)
        tiles = -(-c["M"] // 16) * -(-columns // 8)
        if c["route"] == "dense":  # either operand may be A
            tiles = min(tiles, -(-c["M"] // 8) * -(-columns // 16))
        fewest = tiles * -(-c["K"] // depth) * batches
        assert seen[idle] == 0 and seen[used] >= fewest, (c, size, seen, fewest)
        assert seen["shared.bank.conflicts"] == 0 and seen["local.bytes"] == 0, (c, size, seen)


def check_bytes(route, directory, rng):
    """Bytes that the kernel asks global memory for, by the formula of
    docs/Kernels.md."""
    m, k, n, batch = 272, 256, 100, 3
    c = {"type": "bf16", "route": route, "M": m, "K": k, "batch": (batch,), "batch_of_weights": True, "x_turned": False,
         "w_turned": False, "y_turned": False, "out": "f32"}
    check(c, directory, rng)
    files = ["--layouts", f"{directory}/rules.json", f"--force-route={route}"]
    compile_model(f"{directory}/m.mlir", f"{directory}/routed.mlir", "--compile-to=routed", *files)
    routed = open(f"{directory}/routed.mlir").read()
    (*_, schedule) = re.findall(r"#lacuna.schedule<tile_m = (\d+), tile_n = (\d+), .*?warps_m = (\d+), warps_n = (\d+)", routed)
    tile_m, tile_n, warps_m, warps_n = map(int, schedule)
    blocks_m, blocks_n = -(-m // tile_m), -(-n // tile_n)
    if route == "dense":
        weight = m * k * 2
    else:  # rows of a whole tile of metadata are read, also past the end
        weight = m // 16 * (k // 64) * 1024 + blocks_m * tile_m // 16 * (k // 64) * 128
    bias = blocks_n * m * warps_n * 4 * 4  # the four lanes of a row, in each warp
    expected = batch * (blocks_n * weight + blocks_m * n * k * 2 + bias + m * n * 4)
    model = Model(f"{directory}/m.so", [f"{directory}/m.safetensors"])
    model.check(model.lib.lacuna_session_counters_reset(model.session))
    model.run(np.zeros((batch, n, k), np.uint16), np.zeros((batch, n, m), np.float32))
    seen = counters(model)
    assert seen["global.load.bytes"] == expected, (route, schedule, seen, expected)
    assert seen["global.store.bytes"] == batch * m * n * 4, (route, seen)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    count = int(os.environ.get("LACUNA_TEST_SAMPLES", 200 if os.environ.get("LACUNA_TEST_LONG") else 60))
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    failed = 0
    for index in range(count):
        c = sample(rng, index)
        with tempfile.TemporaryDirectory() as directory:
            try:
                check(c, directory, rng)
            except Exception as error:  # all samples are reported
                failed += 1
                print(f"FAILED {error}\n  {c}")
    for route in ("dense", "tensor-core"):
        with tempfile.TemporaryDirectory() as directory:
            check_bytes(route, directory, rng)
    print(f"{count - failed} of {count} samples right")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
