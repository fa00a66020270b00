# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""y = act(x W^T + bias + residual), or with the residual after the activation,
as GPU kernels run by the emulator: the PTX of the artifact's fatbin against the
erased program in float64, computed by NumPy.

A sample is an artifact at one N. Artifacts are drawn at random over element
type and precision, layout, route, the order of every operand's dimensions,
batch, epilogue, type of the result, shape, schedule and architecture, so that
each value of each factor occurs; N is dynamic, so that edges of tiles, both of
a dynamic kernel's schedules and the empty case are met. Outputs are poisoned.
The counters show that the instructions of the route ran, and how many, and that
neither a bank conflict nor local memory occurred. LACUNA_TEST_SEED repeats a
run.

Tolerances. Operands are rounded to the precision first, and the reference uses
the rounded ones (tf32: each is off by its roundoff); their products are exact
in f32 for f16, bf16 and tf32. Sums are bounded by K roundings of f32 of the sum
of magnitudes (PTX leaves their order and their intermediate rounding to the
hardware: twice that), with f16 accumulation by roundings of f16. Then each
elementwise step rounds once; activations have slopes of at most 1.13. Integers
are exact.
"""
import json
import os
import re
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from contraction_matrix import ACTIVATIONS, activation_body, compare
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import ROUNDOFF, load, random_nm, save, store

SIZES = [1, 2, 3, 5, 7, 16, 17, 33, 63, 64, 65, 72, 127, 128, 130, 250, 1000]
SAMPLES = 1000 if os.environ.get("LACUNA_TEST_LONG") else 300
PER_ARTIFACT = 5


class Kind:
    """Elements and their sums, the precision asked for, the layout that tensor
    cores skip by, and the depth of an mma and an mma.sp. Without a depth the
    contraction runs on no tensor core."""

    def __init__(self, element, sums, precision=None, layout=(2, 4), depth=(16, 32)):
        self.element, self.sums, self.precision, self.layout, self.depth = element, sums, precision, layout, depth
        self.integer = sums == "i32"

    def __repr__(self):
        return f"{self.element}/{self.sums}/{self.precision}"

    def stage(self):
        """Elements of depth in a stage of the ring: 128 bytes, two mma.sp."""
        return 2 * self.depth[1]


KINDS = [Kind("bf16", "f32"), Kind("f16", "f32"), Kind("bf16", "bf16"), Kind("f16", "f16"),
         Kind("f16", "f16", "sums"), Kind("i8", "i32", depth=(32, 64)), Kind("f32", "f32", "bf16"),
         Kind("f32", "f32", "f16"), Kind("f32", "f32", "tf32", (1, 2), (8, 16)), Kind("f32", "f32", None, None, None),
         Kind("f64", "f64", None, None, None)]
FACTORS = {
    "kind": KINDS,
    "layout": [(2, 4), (1, 4), (1, 2), (4, 8)],
    "route": ["dense", "tensor-core"],
    "bias": [False, True],
    "residual": ["none", "before", "after"],
    "activation": ["none", "relu", "gelu", "silu", "sigmoid", "tanh"],
    "out": [None, None, "f32", "f16", "bf16"],  # None: the type of the sums
    "batch": [(), (3,), (3, 1), (2, 3)],
    "dynamic_batch": [False, True],
    "batch_of_weights": [False, False, True],
    "x_turned": [False, False, True],
    "w_turned": [False, True],
    "y_turned": [False, False, True],
    "schedule": [(), (), ("64,32", "2,1", 3), ("128,64", "2,2", 2), ("32,8", "2,1", 4), ("16,128", "1,4", 2), ("16,8", "1,1,4", 3), ("32,16", "2,1,2", 2),
                 ("32,32", "1,2,3", 3)],
    "target": ["sm_80", "sm_90a"],
    "M": SIZES,
    "K": SIZES,
}
# What the other tests of these kernels start from.
PLAIN = {"kind": KINDS[0], "layout": (2, 4), "route": "dense", "bias": True, "residual": "after", "activation": "relu",
         "out": None, "batch": (), "dynamic_batch": False, "batch_of_weights": False, "x_turned": False,
         "w_turned": False, "y_turned": False, "schedule": (), "target": "sm_80", "M": 512, "K": 512}


def consistent(c):
    """`c` with what does not go together replaced; also fills in the layout."""
    c = dict(c)
    kind = c["kind"]
    if c["route"] == "tensor-core":
        if kind.layout:
            c["layout"] = kind.layout
        else:
            c["route"] = "dense"
    if kind.integer:
        c["out"] = None
        if c["activation"] not in ("none", "relu"):
            c["activation"] = "relu"
    if kind.sums != "f32":
        c["out"] = None
    c["batch_of_weights"] = bool(c["batch"]) and c["batch_of_weights"]
    c["dynamic_batch"] = bool(c["batch"]) and c["dynamic_batch"] and not c["batch_of_weights"]
    return c


def configurations(rng, count):
    """`count` of them; in each factor every value occurs equally often."""
    columns = {}
    for name, values in FACTORS.items():
        order = np.concatenate([rng.permutation(len(values)) for _ in range(count // len(values) + 1)])
        columns[name] = [values[i] for i in order[:count]]
    for i in range(count):
        yield consistent({name: column[i] for name, column in columns.items()})


def out_type(c):
    return c["out"] or c["kind"].sums


def flags(c):
    kind = c["kind"]
    found = [f"--force-route={c['route']}"]
    if kind.precision in ("bf16", "f16", "tf32"):
        found.append(f"--precision={kind.precision}")
    return found + [f"--{name}={value}" for name, value in zip(("tile", "warps", "stages"), c["schedule"])]


def module(c):
    kind, k, m = c["kind"], c["K"], c["M"]
    t, s, out = kind.element, kind.sums, out_type(c)
    batch = [f"b{i}" for i in range(len(c["batch"]))]
    sizes = {"n": "?", "m": m, "k": k, **{b: "?" if c["dynamic_batch"] else size for b, size in zip(batch, c["batch"])}}
    order = {"x": batch + (["k", "n"] if c["x_turned"] else ["n", "k"]),
             "w": (batch if c["batch_of_weights"] else []) + (["k", "m"] if c["w_turned"] else ["m", "k"]),
             "y": batch + (["m", "n"] if c["y_turned"] else ["n", "m"])}
    loops = batch + ["n", "m", "k"]

    def tensor(name, element):
        return "tensor<" + "x".join(str(sizes[d]) for d in order[name]) + f"x{element}>"

    def at(names, space):
        return f"affine_map<({', '.join(space)}) -> ({', '.join(names)})>"

    x, w, y, z, b = tensor("x", t), tensor("w", t), tensor("y", s), tensor("y", out), f"tensor<{m}x{s}>"
    dims = "".join(f"  %{d}_at = arith.constant {order['x'].index(d)} : index\n  %{d} = tensor.dim %x, %{d}_at : {x}\n"
                   for d in order["x"] if sizes[d] == "?")
    dynamic = ", ".join(f"%{d}" for d in order["y"] if sizes[d] == "?")
    kinds = ", ".join(['"parallel"'] * (len(loops) - 1))
    zero, add, multiply, extend = (("0", "arith.addi", "arith.muli", "arith.extsi") if kind.integer else
                                   ("0.0", "arith.addf", "arith.mulf", "arith.extf"))
    widen = "" if t == s else f"%xe = {extend} %xv : {t} to {s}\n    %we = {extend} %wv : {t} to {s}\n    "
    xv, wv = ("%xv", "%wv") if t == s else ("%xe", "%we")

    # The epilogue: its operands, then its steps.
    operands, types, maps, arguments, body, last = "%y", y, [at(order["y"], order["y"])], f"%v: {s}", "", "%v"
    if c["bias"]:
        operands, types, arguments = operands + ", %bias", f"{types}, {b}", arguments + f", %bv: {s}"
        maps.append(at(["m"], order["y"]))
        body, last = f"%biased = {add} %v, %bv : {s}\n    ", "%biased"
    if c["residual"] != "none":
        operands, types, arguments = operands + ", %residual", f"{types}, {y}", arguments + f", %rv: {s}"
        maps.append(at(order["y"], order["y"]))
    if c["residual"] == "before":
        body, last = body + f"%total = {add} {last}, %rv : {s}\n    ", "%total"
    body += f"%s = {add} {last}, %zero : {s}\n    {activation_body(c['activation'], s)}\n    "
    last = "%r"
    if c["residual"] == "after":
        body, last = body + f"%late = {add} %r, %rv : {s}\n    ", "%late"
    if out != s:
        body, last = body + f"%cast = arith.truncf {last} : {s} to {out}\n    ", "%cast"
    maps.append(at(order["y"], order["y"]))
    residual = f', %residual: {y} {{lacuna.name = "r"}}' if c["residual"] != "none" else ""
    bias_global = f"ml_program.global private @bias(#ml_program.extern : {b}) : {b}\n" if c["bias"] else ""
    bias_load = f"  %bias = ml_program.global_load_const @bias : {b}\n" if c["bias"] else ""
    sums = ' attrs = {lacuna.precision = "f16"}' if kind.precision == "sums" else ""
    return f"""
ml_program.global private @w(#ml_program.extern : {w}) : {w}
{bias_global}func.func @main(%x: {x} {{lacuna.name = "x"}}{residual}) -> ({z} {{lacuna.name = "y"}}) {{
  %w = ml_program.global_load_const @w : {w}
{bias_load}{dims}  %zero = arith.constant {zero} : {s}
  %empty = tensor.empty({dynamic}) : {y}
  %fill = linalg.fill ins(%zero : {s}) outs(%empty : {y}) -> {y}
  %y = linalg.generic {{indexing_maps = [{at(order["x"], loops)}, {at(order["w"], loops)}, {at(order["y"], loops)}],
                       iterator_types = [{kinds}, "reduction"]}}
    ins(%x, %w : {x}, {w}) outs(%fill : {y}){sums} {{
  ^bb0(%xv: {t}, %wv: {t}, %o: {s}):
    {widen}%p = {multiply} {xv}, {wv} : {s}
    %u = {add} %o, %p : {s}
    linalg.yield %u : {s}
  }} -> {y}
  %last = tensor.empty({dynamic}) : {z}
  %z = linalg.generic {{indexing_maps = [{", ".join(maps)}], iterator_types = [{kinds}]}}
    ins({operands} : {types}) outs(%last : {z}) {{
  ^bb0({arguments}, %o: {out}):
    {body}linalg.yield {last} : {out}
  }} -> {z}
  return %z : {z}
}}
"""


def rounded(array, kind):
    """float64 of what the contraction computes with."""
    exact = load(array, kind.element)
    if kind.precision in ("bf16", "f16"):
        with np.errstate(over="ignore"):
            return load(store(exact, kind.precision), kind.precision)
    return exact


def reference(c, x, w, bias, residual):
    """The erased program in float64, and a bound of its rounding error."""
    kind, s, out = c["kind"], c["kind"].sums, out_type(c)
    turn = lambda a, is_turned: np.swapaxes(a, -1, -2) if is_turned else a
    x, w, residual = turn(x, c["x_turned"]), turn(w, not c["w_turned"]), turn(residual, c["y_turned"])
    early, late = (residual if c["residual"] == when else 0.0 for when in ("before", "after"))
    with np.errstate(all="ignore"):
        product = x @ w
        magnitude = np.abs(x) @ np.abs(w)
        biased = product + (bias if c["bias"] else 0)
        total = biased + early
        active = ACTIVATIONS[c["activation"]](total)
        y = active + late
        if kind.integer:
            return turn(y, c["y_turned"]), np.zeros_like(turn(y, c["y_turned"]))
        sums = {"f64": 2.0**-53, "sums": 2.0**-11}.get("sums" if kind.precision == "sums" else s, 2.0**-23)
        error = sums * (c["K"] + 8) * magnitude + (2.1 * 2.0**-11 * magnitude if kind.precision == "tf32" else 0)
        unit = ROUNDOFF[s]
        error = error + unit * (np.abs(product) + np.abs(biased) + np.abs(total))
        bound = 1.2 * error + unit * 9 * (np.abs(total) + np.abs(active) + np.abs(y))
        bound += ROUNDOFF[out] * np.abs(y) if out != s else 0
    approximate = c["activation"] not in ("none", "relu")
    tiny = {"f16": 1e-6, "f32": 1e-6 if approximate else 1e-30}
    return turn(y, c["y_turned"]), turn(bound + max(tiny.get(s, 1e-30), tiny.get(out, 1e-30)), c["y_turned"])


class Counts:
    """What the kernel of an artifact must count, by docs/Kernels.md."""

    def __init__(self, c, routed, size):
        kind, batch = c["kind"], int(np.prod(c["batch"]))
        self.sparse = c["route"] == "tensor-core"
        rows, columns, swapped = c["M"], size, False
        # Without a layout the operand that owns the result's innermost
        # dimension is A. Batches that lie beside the columns in every operand
        # are more columns.
        if not self.sparse and c["y_turned"]:
            rows, columns, swapped = columns, rows, True
        elif c["batch"] and not c["batch_of_weights"] and not c["x_turned"] and not c["y_turned"]:
            columns, batch = columns * batch, 1
        found = [tuple(map(int, s)) for s in re.findall(
            r"lacuna\.schedule = #lacuna\.schedule<tile_m = (\d+), tile_n = (\d+), .*?warps_m = (\d+), warps_n = (\d+)",
            routed)]
        assert 1 <= len(found) <= 2, (c, found)
        self.tile_m, self.tile_n, warps_m, self.warps_n = found[0] if columns <= 16 else found[-1]
        self.blocks_m, self.blocks_n = -(-rows // self.tile_m), -(-columns // self.tile_n)
        self.rows, self.columns, self.batch = rows, columns, batch
        steps = -(-c["K"] // kind.stage()) * (kind.stage() // kind.depth[self.sparse])
        blocks = batch * self.blocks_m * self.blocks_n * warps_m * self.warps_n
        tiles_m, tiles_n = self.tile_m // 16 // warps_m, self.tile_n // 8 // self.warps_n
        self.most = blocks * tiles_m * tiles_n * steps
        # A warp's tile that lies past the end of a static size wherever the
        # warp is, may be no code.
        if swapped:
            tiles_n = min(tiles_n, -(-columns // 8))
        else:
            tiles_m = min(tiles_m, -(-rows // 16))
        self.fewest = blocks * tiles_m * tiles_n * steps


def build(c, directory, rng):
    """Compiles the artifact of `c`; its weight and bias."""
    kind = c["kind"]
    t, s, (n, m) = kind.element, kind.sums, c["layout"]

    def draw(shape):
        return rng.integers(-128, 128, shape).astype(np.float64) if kind.integer else rng.standard_normal(shape)

    lead = c["batch"] if c["batch_of_weights"] else ()
    shape = lead + ((c["K"], c["M"]) if c["w_turned"] else (c["M"], c["K"]))
    w = store(random_nm(rng, shape, len(lead) + (0 if c["w_turned"] else 1), n, m, draw), t)
    bias = store(draw((c["M"],)), s)
    source, params, rules = (f"{directory}/{name}" for name in ("m.mlir", "w.safetensors", "rules.json"))
    with open(source, "w") as file:
        file.write(module(c))
    with open(rules, "w") as file:
        json.dump({"w": f"nm<{n}:{m}>"}, file)
    save(params, {"w": (w, t), **({"bias": (bias, s)} if c["bias"] else {})})
    files = ["--params", params, "--layouts", rules, "--no-cubin", *flags(c)]
    compile_model(source, f"{directory}/m", *files, targets=[c["target"]])
    routed = ""
    if kind.depth:
        compile_model(source, f"{directory}/routed.mlir", "--compile-to=routed", *files[2:], targets=[c["target"]])
        with open(f"{directory}/routed.mlir") as file:
            routed = file.read()
    return Model(f"{directory}/m.so", [f"{directory}/m.safetensors"], device=f"emulator:{c['target']}"), routed, w, bias, draw


def check(c, directory, rng, sizes=None):
    """Runs `c` at several N; what was counted at each."""
    kind = c["kind"]
    t, s = kind.element, kind.sums
    model, routed, w, bias, draw = build(c, directory, rng)
    if sizes is None:
        sizes = [0, *(int(size) for size in rng.choice(SIZES, PER_ARTIFACT, replace=False))]
    seen = []
    for size in sizes:
        x = store(draw(c["batch"] + ((c["K"], size) if c["x_turned"] else (size, c["K"]))), t)
        residual = store(draw(c["batch"] + ((c["M"], size) if c["y_turned"] else (size, c["M"]))), s)
        model.reset_counters()
        (y,) = model.run(x, *([residual] if c["residual"] != "none" else []))
        expected, bound = reference(c, rounded(x, kind), rounded(w, kind), load(bias, s), load(residual, s))
        compare(f"{c} N = {size}", load(y, out_type(c)), expected, bound)
        counters = model.counters()
        used, idle = ("mma.sp", "mma") if c["route"] == "tensor-core" else ("mma", "mma.sp")
        counts = Counts(c, routed, size) if kind.depth else None
        fewest, most = (counts.fewest, counts.most) if counts else (0, 0)
        assert counters[idle] == 0 and fewest <= counters[used] <= most, (c, size, counters, fewest, most)
        assert counters["shared.bank.conflicts"] == 0 and counters["local.bytes"] == 0, (c, size, counters)
        seen.append((counts, counters))
    return seen


# Rows, depth, columns, batch: whole tiles, ragged edges in each dimension,
# rows that only narrow copies move, and fewer than a tile.
BYTE_SHAPES = [(272, 256, 100, (3,)), (128, 128, 128, ()), (100, 72, 33, (2,)), (65, 150, 16, ()), (33, 75, 17, ()),
               (5, 40, 9, (2,))]


def byte_configurations():
    """Every type and route meets every shape; schedules take turns."""
    kinds = [k for k in KINDS if k.sums in ("f32", "i32") and k.precision in (None, "tf32") and k.depth]
    schedules = FACTORS["schedule"][1:]
    for i, kind in enumerate(kinds):
        for j, route in enumerate(("dense", "tensor-core")):
            for at, (m, k, n, batch) in enumerate(BYTE_SHAPES):
                yield n, consistent({**PLAIN, "kind": kind, "route": route, "M": m, "K": k, "batch": batch,
                                     "batch_of_weights": True, "schedule": schedules[(i + j + at) % len(schedules)]})


def check_bytes(n, c, directory, rng):
    """Bytes that the kernel asks global memory for, by the formula of
    docs/Kernels.md; check() compares the instructions."""
    ((counts, counters),) = check(c, directory, rng, sizes=[n])
    width, out = {"bf16": 2, "f16": 2, "i8": 1, "f32": 4}[c["kind"].element], 4
    m, k, stage = c["M"], c["K"], c["kind"].stage()

    def read(rows, blocks, tile):
        """Fewest and most bytes of a plain operand: what no copy of 4 bytes
        moves is read as whole tiles, less what is known to lie past the end
        when the kernel is compiled."""
        fewest = rows * k * width
        return np.array([fewest, fewest if k * width % 4 == 0 else blocks * tile * -(-k // stage) * stage * width])

    if c["route"] == "dense":
        weight = read(m, counts.blocks_m, counts.tile_m)
    else:
        depth = 32 if width == 4 else 64
        # Metadata is also read past the end, for whole tiles and stages.
        weight = -(-m // 16) * -(-k // depth) * 16 * depth * width // 2
        weight += counts.blocks_m * counts.tile_m // 16 * -(-k // stage) * (stage // depth) * 128
    bias = counts.blocks_n * m * counts.warps_n * 4 * out  # the four lanes of a row, in each warp
    fewest, most = counts.batch * (counts.blocks_n * weight + counts.blocks_m * read(n, counts.blocks_n, counts.tile_n) +
                                   bias + m * n * out)
    assert fewest <= counters["global.load.bytes"] <= most, (c, n, counters, fewest, most)
    assert counters["global.store.bytes"] == counts.batch * m * n * out, (c, n, counters)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    count = -(-int(os.environ.get("LACUNA_TEST_SAMPLES", SAMPLES)) // PER_ARTIFACT)
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    samples = failed = 0
    for c in configurations(rng, count):
        with tempfile.TemporaryDirectory() as directory:
            try:
                samples += len(check(c, directory, rng))
            except Exception as error:  # all samples are reported
                failed += 1
                print(f"FAILED {c}\n  {type(error).__name__} {error}"[:3000], flush=True)
    print(f"{samples} samples of {count} configurations, {failed} configurations failed")
    for n, c in byte_configurations():
        with tempfile.TemporaryDirectory() as directory:
            try:
                check_bytes(n, c, directory, rng)
            except Exception as error:
                failed += 1
                print(f"FAILED bytes {type(error).__name__} {error}"[:3000], flush=True)
    assert failed or samples >= count * PER_ARTIFACT, samples
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
