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
The counters show that the instructions of the route ran, exactly as many as the
formula on the kernel says, that global memory was asked for exactly its bytes,
and that neither a bank conflict nor local memory occurred. LACUNA_TEST_SEED repeats a
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
    "given": [False, False, True],  # the weight is an input of unknown depth
    "schedule": [(), (), ("64,32", "2,1", 3), ("128,64", "2,2", 2), ("32,8", "2,1", 4), ("16,128", "1,4", 2), ("16,8", "1,1,4", 3), ("32,16", "2,1,2", 2),
                 ("32,32", "1,2,3", 3)],
    "target": ["sm_80", "sm_90a"],
    "M": SIZES,
    "K": SIZES,
}
# What the other tests of these kernels start from.
PLAIN = {"kind": KINDS[0], "layout": (2, 4), "route": "dense", "bias": True, "residual": "after", "activation": "relu",
         "out": None, "batch": (), "dynamic_batch": False, "batch_of_weights": False, "given": False, "x_turned": False,
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
    c["given"] = c["route"] == "dense" and c["given"]
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
    sizes = {"n": "?", "m": m, "k": "?" if c["given"] else k, **{b: "?" if c["dynamic_batch"] else size for b, size in zip(batch, c["batch"])}}
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
    weight = f', %w: {w} {{lacuna.name = "w"}}' if c["given"] else ""
    weight_global = "" if c["given"] else f"ml_program.global private @w(#ml_program.extern : {w}) : {w}\n"
    weight_load = "" if c["given"] else f"  %w = ml_program.global_load_const @w : {w}\n"
    bias_global = f"ml_program.global private @bias(#ml_program.extern : {b}) : {b}\n" if c["bias"] else ""
    bias_load = f"  %bias = ml_program.global_load_const @bias : {b}\n" if c["bias"] else ""
    sums = ' attrs = {lacuna.precision = "f16"}' if kind.precision == "sums" else ""
    return f"""
{weight_global}{bias_global}func.func @main(%x: {x} {{lacuna.name = "x"}}{residual}{weight}) -> ({z} {{lacuna.name = "y"}}) {{
{weight_load}{bias_load}{dims}  %zero = arith.constant {zero} : {s}
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


class Size(int):
    """An integer of a semi-affine expression: `@` is ceildiv."""

    def __add__(self, other):
        return Size(int(self) + other)

    def __mul__(self, other):
        return Size(int(self) * other)

    def __floordiv__(self, other):
        return Size(int(self) // other)

    def __matmul__(self, other):
        return Size(-(-int(self) // other))

    __radd__, __rmul__ = __add__, __mul__


def evaluate(expression, symbols):
    """What an affine expression is where s0, s1, ... are `symbols`. MLIR puts an
    operand that is an operation itself into parentheses, but those of a sum."""
    text = re.sub(r"\b(\d+)\b", r"Size(\1)", expression.replace("ceildiv", "@").replace("floordiv", "//"))
    return int(eval(text, {"Size": Size, **{f"s{i}": Size(value) for i, value in enumerate(symbols)}}))


def kernels(routed):
    """The formulas of each contraction kernel, by its name: `lacuna.counts`."""
    maps = dict(re.findall(r"^(#map\d*) = affine_map<\(\)\[[^\]]*\] -> \((.*)\)>$", routed, re.M))
    found = {}
    for name, text in re.findall(r"gpu\.func @(\S+?)\(.*? lacuna\.counts = \{(.*?)\}", routed):
        found[name] = {key: maps.get(value) or re.fullmatch(r"affine_map<\(\)\[[^\]]*\] -> \((.*)\)>", value).group(1)
                       for key, value in re.findall(r"([\w.]+) = (#map\d*|affine_map<.*?>)(?=, \w|$)", text)}
    return found


def counts(c, routed, size):
    """What a run at N = `size` must count, by the formula that stands on the
    kernel which the host chooses."""
    kind, batch, depth = c["kind"], int(np.prod(c["batch"])), c["K"]
    rows, columns = c["M"], size
    # Without a layout the operand that owns the result's innermost dimension is
    # A. Batches that lie beside the columns in every operand are more columns.
    if c["route"] == "dense" and c["y_turned"]:
        rows, columns = columns, rows
    elif c["batch"] and not c["batch_of_weights"] and not c["x_turned"] and not c["y_turned"]:
        columns, batch = columns * batch, 1
    bits = lambda element: {"f32": 32, "i32": 32, "i8": 8}.get(element, 16)
    element = kind.precision if kind.precision in ("bf16", "f16") else kind.element
    # The rows of a buffer that are known at run time only.
    dynamic = [(size, element)] if c["x_turned"] else []
    dynamic += [(size, out_type(c))] if c["y_turned"] else []
    dynamic += [(depth, element)] if c["given"] and not (c["x_turned"] and c["w_turned"]) else []
    found = kernels(routed)
    ragged = any("$ragged" in name for name in found)
    assert ragged == bool(dynamic), (c, found)
    is_ragged = any(length * bits(element) % 128 for length, element in dynamic)
    names = [name for name in found if ("$ragged" in name) == is_ragged]
    few = [name for name in names if name.endswith("$n16")]
    (name,) = few if few and columns <= 16 else set(names) - set(few)
    # The host launches no empty grid.
    expected = {key: evaluate(value, (rows, columns, depth, batch)) if rows * columns * batch else 0
                for key, value in found[name].items()}
    # Casts of the operands are kernels of their own.
    is_cast = element != kind.element
    elements = is_cast * int(np.prod(c["batch"])) * size * depth
    if is_cast and c["given"]:
        elements += depth * c["M"] * (int(np.prod(c["batch"])) if c["batch_of_weights"] else 1)
    expected["global.load.bytes"] += 4 * elements
    expected["global.store.bytes"] += 2 * elements
    # So is the epilogue where dimensions of size 1 part it from the contraction.
    # What a row kernel reads is the business of gpu_rows.py.
    functions = {re.sub(r"(\$ragged)?(\$n\d+)?$", "", name) for name in re.findall(r"gpu\.func @(\S+?)\(", routed)}
    apart = len(functions) - 1 - is_cast * (1 + c["given"])
    assert apart == 0 or apart == 1 and (c["M"] == 1 or c["batch"] == (3, 1)), (c, functions)
    if apart:
        expected["global.store.bytes"] += bits(out_type(c)) // 8 * rows * columns * batch
        del expected["global.load.bytes"]
    return expected


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
        json.dump({} if c["given"] else {"w": f"nm<{n}:{m}>"}, file)
    save(params, {**({} if c["given"] else {"w": (w, t)}), **({"bias": (bias, s)} if c["bias"] else {})})
    files = ["--params", params, "--layouts", rules, "--no-cubin", *flags(c)]
    compile_model(source, f"{directory}/m", *files, targets=[c["target"]])
    routed = ""
    if kind.depth:
        compile_model(source, f"{directory}/routed.mlir", "--compile-to=routed", *files[2:], targets=[c["target"]])
        with open(f"{directory}/routed.mlir") as file:
            routed = file.read()
    return Model(f"{directory}/m.so", [f"{directory}/m.safetensors"], device=f"emulator:{c['target']}"), routed, w, bias, draw


def check(c, directory, rng, sizes=None):
    """Runs `c` at several N; how many."""
    kind = c["kind"]
    t, s = kind.element, kind.sums
    model, routed, w, bias, draw = build(c, directory, rng)
    if sizes is None:
        sizes = [0, *(int(size) for size in rng.choice(SIZES, PER_ARTIFACT, replace=False))]
    for size in sizes:
        x = store(draw(c["batch"] + ((c["K"], size) if c["x_turned"] else (size, c["K"]))), t)
        residual = store(draw(c["batch"] + ((c["M"], size) if c["y_turned"] else (size, c["M"]))), s)
        model.reset_counters()
        (y,) = model.run(x, *([residual] if c["residual"] != "none" else []), *([w] if c["given"] else []))
        expected, bound = reference(c, rounded(x, kind), rounded(w, kind), load(bias, s), load(residual, s))
        compare(f"{c} N = {size}", load(y, out_type(c)), expected, bound)
        counters = model.counters()
        wanted = counts(c, routed, size) if kind.depth else {"mma": 0}
        wanted = {"mma": 0, "mma.sp": 0, "shared.bank.conflicts": 0, "local.bytes": 0, **wanted}
        assert not size or not kind.depth or wanted["mma.sp" if c["route"] == "tensor-core" else "mma"] > 0, (c, routed)
        seen = {key: counters[key] for key in wanted}
        assert seen == wanted, (c, size, seen, wanted)
    return len(sizes)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    count = -(-int(os.environ.get("LACUNA_TEST_SAMPLES", SAMPLES)) // PER_ARTIFACT)
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    samples = failed = 0
    for c in configurations(rng, count):
        with tempfile.TemporaryDirectory() as directory:
            try:
                samples += check(c, directory, rng)
            except Exception as error:  # all samples are reported
                failed += 1
                print(f"FAILED {c}\n  {type(error).__name__} {error}"[:3000], flush=True)
    print(f"{samples} samples of {count} configurations, {failed} configurations failed")
    assert failed or samples >= count * PER_ARTIFACT, samples
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
