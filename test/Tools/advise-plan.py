# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What lacuna-advise says of a layout is what lacuna-compile plans: the route at
# each number of columns and the predicted times, for models and for
# checkpoints, whatever the types of operands and results, static and dynamic.
#
# RUN: rm -rf %t && mkdir %t && %python %s %t

import itertools
import json
import math
import subprocess
import sys

out = sys.argv[1]
SIZES = [1, 16, 200, 2000]
BATCHES = ",".join(map(str, SIZES))
SAFETENSORS = {"f64": ("F64", 8), "f32": ("F32", 4), "f16": ("F16", 2), "bf16": ("BF16", 2), "i8": ("I8", 1)}


def linear(shape, element, result, columns, on_left=False):
    """A linear layer, or one for each matrix of a stack, as MLIR."""
    *batch, rows, depth = shape
    loops = ", ".join(["b"] * len(batch) + ["m", "n", "k"])
    b = "b, " * len(batch)
    size = "?" if columns is None else columns
    dims = lambda *sizes: "x".join(map(str, [*batch, *sizes]))  # noqa: E731
    x, w = f"tensor<{dims(size, depth)}x{element}>", f"tensor<{dims(rows, depth)}x{element}>"
    y = f"tensor<{dims(rows, size) if on_left else dims(size, rows)}x{result}>"
    maps = [f"({loops}) -> ({b}{pair})" for pair in ("m, k", "n, k", "n, m" if on_left else "m, n")]
    operands = f"%x, %w : {x}, {w}"
    if on_left:
        maps[:2] = maps[1::-1]
        operands = f"%w, %x : {w}, {x}"
    extend = {"f": "arith.extf", "b": "arith.extf", "i": "arith.extsi"}[element[0]]
    kind = "i" if element[0] == "i" else "f"
    wide = element != result
    kinds = ", ".join(["\"parallel\""] * (len(batch) + 2) + ["\"reduction\""])
    return f"""
ml_program.global private @w(#ml_program.extern : {w}) : {w}
func.func @main(%x: {x}, %init: {y}) -> {y} {{
  %w = ml_program.global_load_const @w : {w}
  %y = linalg.generic {{indexing_maps = [{", ".join(f"affine_map<{m}>" for m in maps)}], iterator_types = [{kinds}]}}
      ins({operands}) outs(%init : {y}) {{
  ^bb0(%a: {element}, %b: {element}, %sum: {result}):
    {f"%c = {extend} %a : {element} to {result}" if wide else ""}
    {f"%d = {extend} %b : {element} to {result}" if wide else ""}
    %product = arith.mul{kind} {"%c, %d" if wide else "%a, %b"} : {result}
    %next = arith.add{kind} %sum, %product : {result}
    linalg.yield %next : {result}
  }} -> {y}
  return %y : {y}
}}
"""


def write_zeros(path, shape, element):
    """A weight that keeps all patterns."""
    dtype, width = SAFETENSORS[element]
    size = math.prod(shape) * width
    text = json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}}).encode()
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        f.truncate(8 + len(text) + size)


def plan(model, layout, *flags):
    """{columns: (route, nanoseconds, those of dense)}"""
    with open(f"{out}/rules.json", "w") as f:
        json.dump({"w": layout}, f)
    subprocess.run(["lacuna-compile", model, "--layouts", f"{out}/rules.json", "--compile-to=plan", "-o", f"{out}/plan.mlir",
                    f"--report={out}/plan.json", f"--report-sizes={BATCHES}", "--plan-threads=2", *flags], check=True)
    with open(f"{out}/plan.json") as f:
        (region,) = json.load(f)["regions"]
    # An interval without any of SIZES has a price of its own.
    return {p["columns"]: (i["route"], p["nanoseconds"], p["dense_nanoseconds"])
            for i in region["intervals"] for p in i["prices"] if p["columns"] in SIZES}


def advise(path, *flags):
    """{layout: {columns: ...}}, and why there are others."""
    done = subprocess.run(["lacuna-advise", path, "--json=-", f"--batch={BATCHES}", "--threads=2", *flags],
                          check=True, capture_output=True, text=True)
    (weight,) = json.loads(done.stdout)["weights"]
    assert "no_advice" not in weight, weight["no_advice"]
    return {a["layout"]: {b["columns"]: b for b in a["batches"]} for a in weight["advice"]}


checked, routes = 0, set()


def compare(said, planned, what):
    global checked
    for columns, (route, nanoseconds, dense) in planned.items():
        b = said[columns]
        assert b["route"] == route, (what, columns, b, route)
        assert ("reason" in b) == (route == "dense"), (what, b)
        for key, value in ("microseconds", nanoseconds), ("dense_microseconds", dense):
            assert abs(b[key] * 1e3 - value) <= 1 + 1e-3 * value, (what, columns, key, b, value)
        routes.add(route)
        checked += 1


LAYOUTS = ["nm<2:4>", "nm<1:4>", "nm<1:2>"]
shapes = {"square": [512, 512], "thin": [10, 512], "stack": [3, 96, 128]}
types = [("f32", "f32", ""), ("f32", "f32", "bf16"), ("f32", "f32", "tf32"), ("f64", "f64", ""), ("bf16", "f32", ""),
         ("bf16", "bf16", ""), ("f16", "f32", ""), ("i8", "i32", "")]
few = [("f32", "f32", "bf16"), ("f64", "f64", ""), ("bf16", "bf16", "")]
cases = [(name, t) for name in shapes for t in (types if name == "square" else few)]
for (name, (element, result, precision)), target in itertools.product(cases, ["cpu", "sm_80"]):
    shape = shapes[name]
    flags = [f"--target={target}", *([f"--precision={precision}"] if precision else [])]
    dim = len(shape) - 1
    params = f"{out}/w.safetensors"
    write_zeros(params, shape, element)
    # An imported linear layer, of each batch, is what a checkpoint is taken for.
    checkpoint = advise(params, *flags) if result != "bf16" else None
    for columns, on_left in ((None, False), (16, True)):
        model = f"{out}/model.mlir"
        with open(model, "w") as f:
            f.write(linear(shape, element, result, columns, on_left))
        with_model = advise(model, *flags, *(["--params", params] if name == "thin" else []))
        for layout in LAYOUTS:
            key = layout.replace(">", f", dim = {dim}>")
            planned = plan(model, layout, *flags)
            compare(with_model[key], planned, (name, element, result, precision, target, columns, layout))
            if checkpoint and columns:
                # In 16 columns, the only ones here, activations and results are the same.
                compare({16: checkpoint[key][16]}, planned, (name, element, precision, target, "checkpoint", layout))
assert checked == 2 * len(LAYOUTS) * (len(cases) * (4 + 1) + len(cases) - 3), checked
assert routes == {"dense", "sparse-tensor", "vector", "tensor-core"}, routes
