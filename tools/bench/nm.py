#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""n:m weights on the CPU by routes dense and vector against the dense products
of oneDNN and OpenBLAS (through NumPy), f32, random data, all in this run. The
weights of several equal models take turns, more bytes of them than the last
cache holds, so that each comes from memory. Prints the least time of each in
Markdown, and the share that route vector reaches of what the bytes it reads and
the measured bandwidth allow.

  tools/bench/nm.py [--build DIR] [--threads 1,2] [--shape 4096x4096] [--layouts 2:4] [--columns 1,16,128]

oneDNN is libdnnl.so.2 or .3 (Debian: libdnnl2). `chrt -f 1` in front keeps other
work of the machine away.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

from common import (ROOT, OneDNN, build_linears, cpu_name, last_cache_bytes, load_model, plural, prepare_linears,
                    prune_at_random)


def least_times(entries, rounds, pause=0.02):
    """{name: seconds}; each entry is a list of calls on weights that take turns.
    Idle threads of one library look for work for some milliseconds before they
    sleep, on the cores that another one needs: a turn begins with a pause."""
    least = dict.fromkeys(entries, float("inf"))
    for _ in range(rounds):
        for name, calls in entries.items():
            time.sleep(pause)
            for call in calls:
                start = time.perf_counter()
                call()
                least[name] = min(least[name], time.perf_counter() - start)
    return least


def bench(arguments, threads, layout):
    rows, depth = shape = tuple(map(int, arguments.shape.split("x")))
    n, m = layout
    rng = np.random.default_rng(arguments.seed)
    peer = OneDNN()
    dense_bytes = 4 * rows * depth
    vector_bytes = dense_bytes * n / m * (1 + (2 if m <= 4 else 4 if m <= 16 else 8) / 32)
    count = max(2, int(np.ceil(1.1 * last_cache_bytes() / vector_bytes)))
    with tempfile.TemporaryDirectory() as directory:
        weight = prune_at_random(rng, shape, n, m)
        models = {route: load_model(build_linears(pathlib.Path(directory) / route, weight, f"nm<{n}:{m}>", count,
                                                  f"--force-route={route}"), threads) for route in ("dense", "vector")}
        copies = [weight.copy() for _ in range(count)]
        bandwidth = 0
        for columns in arguments.columns:
            x = rng.standard_normal((columns, depth), dtype=np.float32)
            c = np.empty((columns, rows), np.float32)
            entries = {"OpenBLAS": [lambda w=w: np.matmul(x, w.T, out=c) for w in copies],
                       "oneDNN": [peer.gemm(True, columns, rows, depth, x, w, c) for w in copies]}
            results = {}
            for route, model in models.items():
                entries[route], ys = prepare_linears(model, count, x, rows)
                results[route] = ys[-1]
            least = least_times(entries, arguments.rounds)
            expected = x.astype(np.float64) @ weight.T.astype(np.float64)
            for result in results.values():
                np.testing.assert_allclose(result, expected, rtol=1e-3, atol=1e-3 * depth**0.5)
            others = ("oneDNN", "OpenBLAS", "dense")
            if columns == 1:
                bandwidth = dense_bytes / min(least[name] for name in others)
            reached = f"{vector_bytes / bandwidth / least['vector']:.0%}" if columns == 1 else ""
            print(f"| {n}:{m} | {columns} | " + " | ".join(f"{least[name] * 1e3:.2f}" for name in (*others, "vector")) +
                  f" | {min(least['oneDNN'], least['OpenBLAS']) / least['vector']:.2f}x | {reached} |", flush=True)


def run(arguments):
    threads = arguments.child
    print(f"\n### {arguments.shape} f32, {plural(threads)}\n")
    print("| layout | N | oneDNN, ms | OpenBLAS | dense | vector | vector over the faster library | of the bound |\n"
          "|---|---|---|---|---|---|---|---|")
    for layout in arguments.layouts:
        bench(arguments, threads, layout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(part) for part in text.split(",")]
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--shape", default="4096x4096")
    parser.add_argument("--layouts", type=lambda text: [tuple(map(int, part.split(":"))) for part in text.split(",")],
                        default=[(2, 4)])
    parser.add_argument("--columns", type=numbers, default=[1, 16, 128])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=int(np.random.SeedSequence().entropy % 2**32))
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["LACUNA_BUILD"] = str(pathlib.Path(arguments.build).resolve())
    if arguments.child:
        return run(arguments)
    print(f"CPU: {cpu_name()}, last cache {last_cache_bytes() / 2**20:.0f} MiB  \nseed: {arguments.seed}  \n"
          f"command: `tools/bench/nm.py {' '.join(sys.argv[1:])}`", flush=True)
    for threads in arguments.threads:
        # The libraries read their number of threads once: a process for each.
        count = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        subprocess.run([sys.executable, __file__, *sys.argv[1:], f"--seed={arguments.seed}", f"--child={threads}"],
                       check=True, env={**os.environ, **count})


if __name__ == "__main__":
    main()
