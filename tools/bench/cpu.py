#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Ratios of compiled CPU models to named peers, both in this run, on random
data: dense matmuls to oneDNN, and the elementwise parts of a network to PyTorch.
Prints a table in Markdown. nm.py has the n:m weights.

  tools/bench/cpu.py [--build DIR] [--threads 1,2] [--only matmul,elementwise]

oneDNN is libdnnl.so.2 or .3 (Debian: libdnnl2), PyTorch the one that this
Python imports; a peer that is not there is left out, and said so.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from common import ROOT, OneDNN, build, cpu_name, linear, load_model, plural, time_alternating


def bench_matmul(threads, rng, peer):
    print(f"\n### Dense f32 matmul, {plural(threads)}, peer {peer.name}\n")
    print("| weight | N | Lacuna GFLOP/s | oneDNN GFLOP/s | Lacuna over oneDNN |\n|---|---|---|---|---|")
    for rows, depth, sizes in ((1024, 1024, (1, 16, 128, 1024)), (1536, 384, (16, 128, 1024)), (384, 1536, (16, 128, 1024)),
                               (4096, 4096, (1, 16))):
        w = rng.standard_normal((rows, depth), dtype=np.float32)
        with tempfile.TemporaryDirectory() as d:
            model = load_model(build(pathlib.Path(d), linear(rows, depth), {"w": (w, "f32")}), threads)
            for n in sizes:
                x = rng.standard_normal((n, depth), dtype=np.float32)
                c = np.empty((n, rows), np.float32)
                ours, (y,) = model.prepare(x)
                times = time_alternating([ours, peer.gemm(True, n, rows, depth, x, w, c)])
                np.testing.assert_allclose(y, c, rtol=1e-3, atol=2e-3)
                flops = 2e-9 * n * rows * depth
                print(f"| {rows}x{depth} | {n} | {flops / times[0]:.1f} | {flops / times[1]:.1f} | {times[1] / times[0]:.2f}x |",
                      flush=True)


def elementwise_models():
    """(name, PyTorch function, IR over x: tensor<?x1024xf32>)."""
    import torch
    t = "tensor<?x1024xf32>"
    head = f"""  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : {t}
  %e = tensor.empty(%n) : {t}
  %r1 = tensor.empty(%n) : tensor<?xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%r1 : tensor<?xf32>) -> tensor<?xf32>
"""
    every, row = "affine_map<(i, j) -> (i, j)>", "affine_map<(i, j) -> (i)>"

    def pointwise(inputs, maps, body):
        arguments = ", ".join(f"%a{i}: f32" for i in range(len(inputs)))
        types = ", ".join(t if m == every else "tensor<?xf32>" for m in maps)
        return (f"linalg.generic {{indexing_maps = [{', '.join(maps + [every])}], iterator_types = [\"parallel\", \"parallel\"]}} "
                f"ins({', '.join(inputs)} : {types}) outs(%e : {t}) {{\n^bb0({arguments}, %o: f32):\n{body}\n}} -> {t}\n")

    def row_sum(body, x="%x"):
        return (f"linalg.generic {{indexing_maps = [{every}, {row}], iterator_types = [\"parallel\", \"reduction\"]}} "
                f"ins({x} : {t}) outs(%f1 : tensor<?xf32>) {{\n^bb0(%a: f32, %o: f32):\n{body}\n"
                "%u = arith.addf %o, %t : f32\nlinalg.yield %u : f32\n} -> tensor<?xf32>\n")

    gelu = """%h = arith.constant 0.5 : f32
%one = arith.constant 1.0 : f32
%q = arith.constant 0.70710678 : f32
%p = arith.mulf %a0, %q : f32
%g = math.erf %p : f32
%s = arith.addf %g, %one : f32
%v = arith.mulf %a0, %h : f32
%w = arith.mulf %v, %s : f32
linalg.yield %w : f32"""
    norm = """%count = arith.constant 1024.0 : f32
%eps = arith.constant 1.0e-5 : f32
%v = arith.divf %a1, %count : f32
%w = arith.addf %v, %eps : f32
%s = math.rsqrt %w : f32
%y = arith.mulf %a0, %s : f32
linalg.yield %y : f32"""
    centered = """%count = arith.constant 1024.0 : f32
%v = arith.divf %a1, %count : f32
%y = arith.subf %a0, %v : f32
linalg.yield %y : f32"""
    square = "%t = arith.mulf %a, %a : f32"
    functional = torch.nn.functional
    yield ("x + x", lambda x: x + x,
           head + "  %y = " + pointwise(["%x"], [every], "%s = arith.addf %a0, %a0 : f32\nlinalg.yield %s : f32"))
    yield "gelu", functional.gelu, head + "  %y = " + pointwise(["%x"], [every], gelu)
    yield ("softmax", lambda x: torch.softmax(x, -1),
           head + f"  %y = linalg.softmax dimension(1) ins(%x : {t}) outs(%e : {t}) -> {t}\n")
    yield ("layernorm", lambda x: functional.layer_norm(x, (1024,)),
           head + "  %sum = " + row_sum("%t = arith.addf %a, %zero : f32") + "  %c = " + pointwise(["%x", "%sum"], [every, row], centered)
           + "  %var = " + row_sum(square, "%c") + "  %y = " + pointwise(["%c", "%var"], [every, row], norm))
    yield ("rmsnorm", lambda x: functional.rms_norm(x, (1024,), eps=1e-5),
           head + "  %var = " + row_sum(square) + "  %y = " + pointwise(["%x", "%var"], [every, row], norm))


def bench_elementwise(threads, rng):
    import torch
    torch.set_num_threads(threads)
    print(f"\n### Elementwise and row operations on N x 1024 f32, {plural(threads)}, "
          f"peer PyTorch {torch.__version__} (eager)\n")
    print("| operation | N | Lacuna us | PyTorch us | speed-up |\n|---|---|---|---|---|")
    t = "tensor<?x1024xf32>"
    for name, function, body in elementwise_models():
        text = f"func.func @main(%x: {t}) -> {t} {{\n{body}  return %y : {t}\n}}\n"
        with tempfile.TemporaryDirectory() as d:
            model = load_model(build(pathlib.Path(d), text), threads)
            for n in (16, 1024, 8192):
                x = rng.standard_normal((n, 1024), dtype=np.float32)
                ours, (y,) = model.prepare(x)
                tensor = torch.from_numpy(x)
                with torch.no_grad():
                    times = time_alternating([ours, lambda: function(tensor)])
                    np.testing.assert_allclose(y, function(tensor).numpy(), rtol=1e-4, atol=1e-5)
                print(f"| {name} | {n} | {times[0] * 1e6:.0f} | {times[1] * 1e6:.0f} | {times[1] / times[0]:.2f}x |", flush=True)


def run(arguments, threads):
    rng = np.random.default_rng(arguments.seed)
    try:
        peer = OneDNN()
    except OSError as error:
        peer = None
        print(f"\n{error}: matmuls left out")
    if peer and "matmul" in arguments.only:
        bench_matmul(threads, rng, peer)
    if "elementwise" in arguments.only:
        try:
            bench_elementwise(threads, rng)
        except ImportError:
            print("\nPyTorch is not installed in this Python: elementwise left out")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="matmul,elementwise")
    parser.add_argument("--seed", type=int, default=int(np.random.SeedSequence().entropy % 2**32))
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["LACUNA_BUILD"] = str(pathlib.Path(arguments.build).resolve())
    if arguments.child:
        return run(arguments, arguments.child)
    print(f"CPU: {cpu_name()}  \nseed: {arguments.seed}  \ncommand: `tools/bench/cpu.py {' '.join(sys.argv[1:])}`")
    sys.stdout.flush()
    for threads in arguments.threads.split(","):
        # OpenMP reads the number of threads once: a process for each.
        subprocess.run([sys.executable, __file__, *sys.argv[1:], f"--seed={arguments.seed}", f"--child={threads}"],
                       check=True, env={**os.environ, "OMP_NUM_THREADS": threads})


if __name__ == "__main__":
    main()
