# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: x86_64, avx512f, avx512dq, avx512cd, avx512bw, avx512vl
# RUN: %python %s
"""An artifact with code for three processors, on this host, which runs each of
them: against NumPy in float64 on every route, on batches that fill no vector;
each function has the vectors of its processor and no wider ones; the host's best
is taken, the next where a feature of it is missing, and the one that a device
names. Kernels of a GPU have the host code of the processor that asks for least.
LACUNA_TEST_SEED repeats a run.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import ROUNDOFF, load, random_nm, save, store

LLVM = os.environ.get("LLVM_BIN_DIR", "/usr/lib/llvm-22/bin")
WIDTHS = {"x86-64-v4": "zmm", "x86-64-v3": "ymm", "x86-64": "xmm"}
# Not in the order of preference.
CPUS = "--cpu=x86-64-v3,x86-64-v4,x86-64"
K, N = 100, 70


def write_model(path, t):
    """relu(x @ w^T + b), with w [N, K] as 2:4, and a product with its turn."""
    open(path, "w").write(f"""
ml_program.global private @w(#ml_program.extern : tensor<{N}x{K}x{t}, #lacuna.nm<2:4, dim = 1>>)
    : tensor<{N}x{K}x{t}, #lacuna.nm<2:4, dim = 1>>
ml_program.global private @v(#ml_program.extern : tensor<{K}x{N}x{t}>) : tensor<{K}x{N}x{t}>
func.func @main(%x: tensor<?x{K}x{t}> {{lacuna.name = "x", lacuna.dims = ["batch", ""]}})
    -> (tensor<?x{N}x{t}> {{lacuna.name = "y"}}, tensor<?x{K}x{t}> {{lacuna.name = "z"}}) {{
  %w = ml_program.global_load_const @w : tensor<{N}x{K}x{t}, #lacuna.nm<2:4, dim = 1>>
  %v = ml_program.global_load_const @v : tensor<{K}x{N}x{t}>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : {t}
  %m = tensor.dim %x, %c0 : tensor<?x{K}x{t}>
  %e0 = tensor.empty(%m) : tensor<?x{N}x{t}>
  %f0 = linalg.fill ins(%zero : {t}) outs(%e0 : tensor<?x{N}x{t}>) -> tensor<?x{N}x{t}>
  %h = linalg.matmul indexing_maps = [
      affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<?x{K}x{t}>, tensor<{N}x{K}x{t}, #lacuna.nm<2:4, dim = 1>>)
      outs(%f0 : tensor<?x{N}x{t}>) -> tensor<?x{N}x{t}>
  %y = linalg.generic {{indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}} ins(%h : tensor<?x{N}x{t}>) outs(%e0 : tensor<?x{N}x{t}>) {{
  ^bb0(%a: {t}, %b: {t}):
    %r = arith.maximumf %a, %zero : {t}
    linalg.yield %r : {t}
  }} -> tensor<?x{N}x{t}>
  %e1 = tensor.empty(%m) : tensor<?x{K}x{t}>
  %f1 = linalg.fill ins(%zero : {t}) outs(%e1 : tensor<?x{K}x{t}>) -> tensor<?x{K}x{t}>
  %z = linalg.matmul indexing_maps = [
      affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%y, %v : tensor<?x{N}x{t}>, tensor<{K}x{N}x{t}>) outs(%f1 : tensor<?x{K}x{t}>) -> tensor<?x{K}x{t}>
  return %y, %z : tensor<?x{N}x{t}>, tensor<?x{K}x{t}>
}}
""")


def check_numbers(directory, rng, t, route):
    write_model(f"{directory}/m.mlir", t)
    w = random_nm(rng, (N, K), 1, 2, 4, lambda shape: load(store(rng.standard_normal(shape), t), t))
    v = load(store(rng.standard_normal((K, N)), t), t)
    save(f"{directory}/w.safetensors", {"w": (store(w, t), t), "v": (store(v, t), t)})
    compile_model(f"{directory}/m.mlir", f"{directory}/m", CPUS, "--params", f"{directory}/w.safetensors",
                  *([f"--force-route={route}"] if route else []))
    u = ROUNDOFF["f32" if t == "bf16" else t]
    for cpu in WIDTHS:
        model = Model(f"{directory}/m.so", device=f"cpu:{cpu}")
        assert model.target() == f"cpu:{cpu}", model.target()
        for m in (0, 1, 2, 17, 33):
            x = load(store(rng.standard_normal((m, K)), t), t)
            y, z = (load(result, t) for result in model.run(store(x, t)))
            # Each result against what it was made of, so that errors do not add up.
            for result, exact, size in ((y, np.maximum(x @ w.T, 0), np.abs(x) @ np.abs(w.T)),
                                        (z, y @ v.T, np.abs(y) @ np.abs(v.T))):
                bound = 2 * K * u * size + ROUNDOFF[t] * np.abs(exact) + 1e-30
                assert (np.abs(result - exact) <= bound).all(), (t, route, cpu, m, np.abs(result - exact).max())


def check_widths(directory):
    """Each module has vectors of its width, and so has its code: which processor
    a function is for stands in the LLVM IR, what it uses in the object."""
    write_model(f"{directory}/m.mlir", "f32")
    for emit in ("mlir", "llvm", "obj"):
        compile_model(f"{directory}/m.mlir", f"{directory}/m.{emit}.out", f"--emit={emit}", CPUS, "--force-route=dense")
    modules = re.split(r'^  module @"cpu:(.*)" ', open(f"{directory}/m.mlir.out").read(), flags=re.M)[1:]
    widest = {cpu: max(map(int, re.findall(r"vector<(\d+)xf32>", module)))
              for cpu, module in zip(modules[::2], modules[1::2])}
    assert widest == {"x86-64-v4": 16, "x86-64-v3": 8, "x86-64": 4}, widest
    ir = open(f"{directory}/m.llvm.out").read()
    cpu_of = dict(re.findall(r'^attributes (#\d+) = .*"target-cpu"="([^"]*)"', ir, re.M))
    functions = {name: cpu_of[group] for name, group in
                 re.findall(r'^define [^@]*@"?([^"(]+)"?\(.*?(#\d+) ', ir, re.M)}
    assert sorted(set(functions.values())) == sorted(WIDTHS), functions
    code = subprocess.run([f"{LLVM}/llvm-objdump", "-d", "--no-show-raw-insn", f"{directory}/m.obj.out"],
                          capture_output=True, text=True, check=True).stdout
    used = {cpu: set() for cpu in WIDTHS}
    blocks = re.findall(r"^[0-9a-f]+ <(.*)>:\n((?:.+\n)*)", code, re.M)
    assert {name for name, _ in blocks} == set(functions), set(functions) ^ {name for name, _ in blocks}
    for name, block in blocks:
        used[functions[name]].update(re.findall(r"%([xyz]mm)", block))
    for cpu, width in WIDTHS.items():
        assert width in used[cpu], (cpu, used)
        assert all(other <= width for other in used[cpu]), (cpu, used)


def check_choice(directory):
    """The artifact that check_numbers left."""
    best = {"": "x86-64-v4", "avx512f": "x86-64-v3", "avx512vl": "x86-64-v3", "avx2,avx512f": "x86-64"}
    for lacks, cpu in best.items():
        os.environ["LACUNA_CPU_LACKS"] = lacks
        model = Model(f"{directory}/m.so")
        assert model.target() == f"cpu:{cpu}", (lacks, model.target())
    del os.environ["LACUNA_CPU_LACKS"]


def check_plans(directory):
    """Each processor has the plan that it has alone."""
    def plan(*cpus):
        compile_model(f"{directory}/m.mlir", f"{directory}/plan.mlir", "--compile-to=plan", *cpus,
                      f"--report={directory}/plan.json")
        return json.load(open(f"{directory}/plan.json"))

    plans = {report["target"]: report["regions"] for report in plan(CPUS)}
    for cpu in WIDTHS:
        assert plans[f"cpu:{cpu}"] == plan(f"--cpu={cpu}")["regions"], (cpu, plans)
    assert plans["cpu:x86-64-v4"] != plans["cpu:x86-64-v3"], plans


def check_names(directory):
    """native is a name like others once it is known which."""
    compile_model(f"{directory}/m.mlir", f"{directory}/native.ll", "--emit=llvm")
    native = re.search(r'"target-cpu"="([^"]*)"', open(f"{directory}/native.ll").read())[1]
    try:
        compile_model(f"{directory}/m.mlir", f"{directory}/n", f"--cpu={native},native")
        raise AssertionError("the same processor twice was taken")
    except RuntimeError as error:
        assert f"--cpu=native is '{native}', which another --cpu names" in str(error), error


def check_gpu(directory):
    compile_model(f"{directory}/m.mlir", f"{directory}/g", CPUS, "--no-cubin", "--params",
                  f"{directory}/w.safetensors", targets=["sm_80", "cpu"])
    info = subprocess.run([os.environ["LACUNA_BUILD"] + "/bin/lacuna-run", f"{directory}/g.so", "--info"],
                          capture_output=True, text=True, check=True).stdout
    assert re.findall(r"target (\S+), host code for (\S+)", info) == [
        ("sm_80", "x86-64"), *[(f"cpu:{cpu}", cpu) for cpu in WIDTHS]], info
    assert "weights (2)" in info, info
    assert Model(f"{directory}/g.so", device="cpu").target() == "cpu:x86-64-v4"
    assert Model(f"{directory}/g.so", device="emulator:sm_80").target() == "sm_80"


seed = int(os.environ.get("LACUNA_TEST_SEED") or np.random.SeedSequence().entropy % 2**32)
print("LACUNA_TEST_SEED =", seed)
rng = np.random.default_rng(seed)
with tempfile.TemporaryDirectory() as directory:
    check_widths(directory)
    for t, route in (("f64", "dense"), ("bf16", None), ("f32", "sparse-tensor"), ("f32", "vector"), ("f32", "dense")):
        check_numbers(directory, rng, t, route)
    check_choice(directory)
    check_plans(directory)
    check_names(directory)
    check_gpu(directory)
