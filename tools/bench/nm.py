#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""n:m weights on the CPU, on random data, against dense products of the same
weight by oneDNN and OpenBLAS in the same run. Prints tables in Markdown.

  tools/bench/nm.py [--build DIR] [--threads 1,2] [--only cold,routes]

cold: a 4096x4096 2:4 weight by route vector. Each call takes the next of several
weights, which together are larger than the last cache. At one column the table has
the bandwidth at which the fastest dense product reads its weight, and how near we
are to the time that our bytes take at that bandwidth.
routes: smaller weights, which stay in the last cache, by every route.

oneDNN is libdnnl.so.2 or .3 (Debian: libdnnl2), OpenBLAS the one in NumPy's wheel.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from common import (ROOT, OneDNN, build, cpu_name, last_cache_bytes, linear, load_model, openblas_name, plural,
                    prune_at_random, rotate, time_alternating)
from plan import ROUTES, chosen, plan_of


def bench_cold(threads, rng, onednn):
    rows = depth = 4096
    dense_bytes, packed_bytes = 4 * rows * depth, 4 * rows * depth // 2 + rows * depth // 2 // 4
    copies = [last_cache_bytes() * 5 // 4 // size + 2 for size in (dense_bytes, packed_bytes)]
    print(f"\n### 2:4, 4096x4096 f32, route vector, {plural(threads)}\n")
    print(f"Last cache {last_cache_bytes() / 2**20:.0f} MiB, rotated through {copies[0]} dense weights of "
          f"{dense_bytes / 1e6:.1f} MB and {copies[1]} packed ones of {packed_bytes / 1e6:.1f} MB.\n")
    print("| N | Lacuna 2:4 us | Lacuna dense us | oneDNN us | OpenBLAS us | over the faster peer | over Lacuna dense "
          "| GB/s, fastest dense | of the bound |\n|---|---|---|---|---|---|---|---|---|")
    weights = [prune_at_random(rng, (rows, depth), 2, 4) for _ in range(copies[0])]
    weights += [np.roll(weights[i % copies[0]], 4 * (1 + i // copies[0]), axis=1) for i in range(copies[1] - copies[0])]
    with tempfile.TemporaryDirectory() as d:
        models = []
        for i, w in enumerate(weights):
            path = build(pathlib.Path(d) / f"vector{i}", linear(rows, depth), {"w": (w, "f32")}, {"w": "nm<2:4>"},
                         "--force-route=vector")
            models.append(load_model(path, threads))
        dense = [load_model(build(pathlib.Path(d) / f"dense{i}", linear(rows, depth), {"w": (w, "f32")}), threads)
                 for i, w in enumerate(weights[:copies[0]])]
        for n in (1, 16, 128):
            x = rng.standard_normal((n, depth), dtype=np.float32)
            outputs = [np.empty((n, rows), np.float32) for _ in range(2)]
            sparse = [model.prepare(x) for model in models]
            ours = [model.prepare(x) for model in dense]
            calls = [rotate([call for call, _ in sparse]), rotate([call for call, _ in ours]),
                     rotate([onednn.gemm(True, n, rows, depth, x, w, outputs[0]) for w in weights[:copies[0]]]),
                     rotate([lambda w=w: np.matmul(x, w.T, out=outputs[1]) for w in weights[:copies[0]]])]
            times = time_alternating(calls, seconds=0.3)
            for (_, (y,)), w in zip(sparse, weights):
                np.testing.assert_allclose(y, x @ w.T, rtol=1e-3, atol=5e-3)
            # At one column the bytes are those of the weight; the others are few.
            bandwidth = dense_bytes / min(times[1:])
            bound = packed_bytes / bandwidth / times[0]
            print(f"| {n} | " + " | ".join(f"{t * 1e6:.0f}" for t in times) + f" | {min(times[2:]) / times[0]:.2f}x | "
                  f"{times[1] / times[0]:.2f}x | " + (f"{bandwidth / 1e9:.1f} | {100 * bound:.0f} % |" if n == 1 else "| |"), flush=True)


def bench_routes(threads, rng, onednn):
    print(f"\n### n:m weights by route, f32, {plural(threads)}\n")
    print("Speed-up over the faster of oneDNN's and OpenBLAS's dense product; what the plan takes in bold.\n")
    print("| weight | layout | N | " + " | ".join(ROUTES) + " |\n|---|---|---|" + "---|" * len(ROUTES))
    for rows, depth in ((1024, 1024), (1536, 384), (384, 1536)):
        for n_, m_ in ((2, 4), (1, 4), (4, 8), (1, 16)):
            w = prune_at_random(rng, (rows, depth), n_, m_)
            with tempfile.TemporaryDirectory() as d:
                models = []
                for route in ROUTES:
                    models.append(load_model(build(pathlib.Path(d) / route, linear(rows, depth), {"w": (w, "f32")},
                                                   {"w": f"nm<{n_}:{m_}>"}, f"--force-route={route}"), threads))
                intervals = plan_of(pathlib.Path(d) / "plan", rows, depth, {"w": (w, "f32")}, f"nm<{n_}:{m_}>", threads)
                for n in (1, 16, 128, 1024):
                    x = rng.standard_normal((n, depth), dtype=np.float32)
                    outputs = [np.empty((n, rows), np.float32) for _ in range(2)]
                    prepared = [model.prepare(x) for model in models]
                    *times, first, second = time_alternating(
                        [call for call, _ in prepared] + [onednn.gemm(True, n, rows, depth, x, w, outputs[0]),
                                                          lambda: np.matmul(x, w.T, out=outputs[1])])
                    for _, (y,) in prepared:
                        np.testing.assert_allclose(y, outputs[0], rtol=1e-3, atol=2e-3)
                    cells = [f"{min(first, second) / t:.2f}x" for t in times]
                    taken = ROUTES.index(chosen(intervals, n))
                    cells[taken] = f"**{cells[taken]}**"
                    print(f"| {rows}x{depth} | {n_}:{m_} | {n} | " + " | ".join(cells) + " |", flush=True)


def run(arguments, threads):
    rng = np.random.default_rng(arguments.seed)
    onednn = OneDNN()
    if "cold" in arguments.only:
        bench_cold(threads, rng, onednn)
    if "routes" in arguments.only:
        bench_routes(threads, rng, onednn)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="cold,routes")
    parser.add_argument("--seed", type=int, default=int(np.random.SeedSequence().entropy % 2**32))
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["LACUNA_BUILD"] = str(pathlib.Path(arguments.build).resolve())
    if arguments.child:
        return run(arguments, arguments.child)
    try:
        name = OneDNN().name
    except OSError as error:
        sys.exit(f"nm.py: {error}")
    print(f"CPU: {cpu_name()}  \npeers: {name}, {openblas_name()}  \nseed: {arguments.seed}  \ncommand: "
          f"`tools/bench/nm.py {' '.join(sys.argv[1:])}`", flush=True)
    for threads in arguments.threads.split(","):
        # OpenMP reads the number of threads once: a process for each.
        subprocess.run([sys.executable, __file__, *sys.argv[1:], f"--seed={arguments.seed}", f"--child={threads}"],
                       check=True, env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads})


if __name__ == "__main__":
    main()
