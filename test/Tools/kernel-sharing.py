# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Layers of a network share their functions and kernels: their number does not
# grow with the number of layers, while calls and launches do. Layers differ in
# their weights, and in where their destinations are made: those of the first
# serve all of them.
#
# RUN: %python %s

import json
import subprocess
import tempfile


def generic(maps, kinds, ins, outs, result, args, body):
    maps = ", ".join(f"affine_map<{m}>" for m in maps)
    kinds = ", ".join(f'"{k}"' for k in kinds)
    return (f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} "
            f"ins({ins}) outs({outs}) {{\n  ^bb0({args}):\n{body}\n  }} -> {result}")


def make_model(layers):
    """x += W2 silu(W1 x), layer by layer."""
    lines, globals_ = [], []
    for i in range(layers):
        for name, shape in ("up", "96x64"), ("down", "64x96"):
            globals_.append(f'ml_program.global private @"{i}.{name}"(#ml_program.extern : '
                            f"tensor<{shape}xbf16>) : tensor<{shape}xbf16>")
    value = "%x"
    plain = ["(m, n) -> (m, n)"] * 2
    for i in range(layers):
        up = f"%up{i} = tensor.empty(%n) : tensor<?x96xf32>"
        act = f"%act{i} = tensor.empty(%n) : tensor<?x96xbf16>"
        lines += [
            up,
            f'%wu{i} = ml_program.global_load_const @"{i}.up" : tensor<96x64xbf16>',
            f'%wd{i} = ml_program.global_load_const @"{i}.down" : tensor<64x96xbf16>',
            f"%t{i} = tensor.empty(%n) : tensor<?x64xbf16>",
            f"%xc{i} = " + generic(plain, ["parallel"] * 2, f"{value} : tensor<?x64xf32>",
                                   f"%t{i} : tensor<?x64xbf16>", "tensor<?x64xbf16>",
                                   "%a: f32, %b: bf16",
                                   "%t = arith.truncf %a : f32 to bf16\nlinalg.yield %t : bf16"),
            f"%z{i} = linalg.fill ins(%zero : f32) outs(%up{i} : tensor<?x96xf32>) -> tensor<?x96xf32>",
            f"%h{i} = " + contraction(f"%xc{i}", "?x64", f"%wu{i}", "96x64", f"%z{i}", "?x96"),
            act,
            f"%s{i} = " + generic(plain, ["parallel"] * 2, f"%h{i} : tensor<?x96xf32>",
                                  f"%act{i} : tensor<?x96xbf16>", "tensor<?x96xbf16>",
                                  "%a: f32, %b: bf16",
                                  "%m = arith.negf %a : f32\n%e = math.exp %m : f32\n"
                                  "%o = arith.addf %e, %one : f32\n%d = arith.divf %a, %o : f32\n"
                                  "%t = arith.truncf %d : f32 to bf16\nlinalg.yield %t : bf16"),
            f"%y{i} = " + contraction(f"%s{i}", "?x96", f"%wd{i}", "64x96", value, "?x64"),
        ]
        value = f"%y{i}"
    return "\n".join(globals_ + [
        "func.func @main(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {",
        "%c0 = arith.constant 0 : index", "%zero = arith.constant 0.0 : f32",
        "%one = arith.constant 1.0 : f32", "%n = tensor.dim %x, %c0 : tensor<?x64xf32>",
        *lines, f"return {value} : tensor<?x64xf32>", "}"])


def contraction(a, a_shape, b, b_shape, out, shape):
    return generic(["(m, n, k) -> (m, k)", "(m, n, k) -> (n, k)", "(m, n, k) -> (m, n)"],
                   ["parallel", "parallel", "reduction"],
                   f"{a}, {b} : tensor<{a_shape}xbf16>, tensor<{b_shape}xbf16>",
                   f"{out} : tensor<{shape}xf32>", f"tensor<{shape}xf32>",
                   "%a: bf16, %b: bf16, %s: f32",
                   "%p = arith.extf %a : bf16 to f32\n%q = arith.extf %b : bf16 to f32\n"
                   "%r = arith.mulf %p, %q : f32\n%t = arith.addf %s, %r : f32\n"
                   "linalg.yield %t : f32")


def count(folder, layers):
    model, report = f"{folder}/{layers}.mlir", f"{folder}/{layers}.json"
    with open(model, "w") as file:
        file.write(make_model(layers))
    subprocess.run(["lacuna-compile", model, "--target=sm_80", "--target=sm_90a", "--target=cpu",
                    "--no-cubin", "--emit=obj", f"--report={report}",
                    "-o", f"{folder}/{layers}.o"], check=True)
    with open(report) as file:
        reports = json.load(file)
    assert [r["target"] for r in reports] == ["sm_80", "sm_90a", "cpu"], reports
    return {r["target"]: r["code"] for r in reports}


with tempfile.TemporaryDirectory() as folder:
    counts = {layers: count(folder, layers) for layers in (1, 2, 8)}
for layers, targets in counts.items():
    for target, code in targets.items():
        print(layers, target, {k: v for k, v in code.items() if k != "usage"})
        one = counts[1][target]
        assert code["functions"] == one["functions"] > 0
        assert code["dispatches"] == layers * one["dispatches"] > 0
        assert code["kernels"] == one["kernels"] and (code["kernels"] > 0) == (target != "cpu")
        assert code["launches"] == layers * one["launches"]
