#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures this CPU through compiled artifacts and writes a target file for the
plan (docs/Plan.md): bandwidth of memory and of the last cache, the fixed cost of
a dispatch, the cost of packing, and each route's rate over the number of columns.

  tools/bench/calibrate.py [--build DIR] [--threads 1,2] [--rounds 7] -o cpu.json
  tools/bench/calibrate.py --best-of cpu1.json cpu2.json -o cpu.json    of each constant the fastest
  lacuna-compile model.mlir --target-model=cpu.json ...

Weights take turns, so that none stays in a second-level cache, as layers of a
network do. Of all turns the fastest counts: other work on the machine only adds
time.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

from common import (ROOT, build, build_linears, cpu_name, last_cache_bytes, linear, load_model, plural, prepare_linears,
                    prune_at_random, rotate, time_alternating)

SHAPES = ((1024, 1024), (1536, 384), (384, 1536))
LAYOUTS = {"dense": ((0, 0),), "sparse-tensor": ((1, 4), (2, 4), (4, 8), (1, 16)), "vector": ((1, 4), (2, 4), (4, 8), (1, 16))}
COLUMNS = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048)
ROTATED_BYTES = 16 * 2**20
# As lib/CostModel: from here on a route packs the activation.
PACKS_FROM = {"sparse-tensor": 4, "vector": 49}


def chain(length):
    """`length` products with a weight of 8x8, one behind the other."""
    t, w = "tensor<?x8xf32>", "tensor<8x8xf32>"
    lines, x = [], "%x"
    for i in range(length):
        lines.append(f"""%w{i} = ml_program.global_load_const @w{i} : {w}
  %y{i} = linalg.matmul ins({x}, %w{i} : {t}, {w}) outs(%f : {t}) -> {t}""")
        x = f"%y{i}"
    weights = "\n".join(f"ml_program.global private @w{i}(#ml_program.extern : {w}) : {w}" for i in range(length))
    return f"""{weights}
func.func @main(%x: {t}) -> {t} {{
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : {t}
  %e = tensor.empty(%n) : {t}
  %f = linalg.fill ins(%z : f32) outs(%e : {t}) -> {t}
  {chr(10).join(lines)}
  return {x} : {t}
}}
"""


class Measurement:
    def __init__(self, arguments, threads, directory):
        self.rounds, self.threads, self.directory = arguments.rounds, threads, directory
        self.cpu = [f"--cpu={arguments.cpu}"] if arguments.cpu else []
        self.rng = np.random.default_rng(arguments.seed)
        self.artifacts = {}

    def time(self, calls, rounds=None):
        return time_alternating(calls, rounds=rounds or self.rounds, seconds=0.02, summary=min)

    def fixed(self):
        """Seconds of a call, and of each further dispatch in it."""
        times, lengths = [], (1, 41)
        for length in lengths:
            weights = {f"w{i}": (np.eye(8, dtype=np.float32), "f32") for i in range(length)}
            path = build(self.directory / f"chain{length}", chain(length), weights, None, *self.cpu)
            model = load_model(path, self.threads)
            times += self.time([model.prepare(np.ones((1, 8), np.float32))[0]])
        dispatch = max((times[1] - times[0]) / (lengths[1] - lengths[0]), 1e-8)
        return max(times[0] - dispatch, 0), dispatch

    def calls(self, route, n, m, rows, depth, columns, total=ROTATED_BYTES):
        """One call of artifacts on this route, whose weights are `total` bytes."""
        key = route, n, m, rows, depth
        if key not in self.artifacts:
            w = prune_at_random(self.rng, (rows, depth), n, m) if m else \
                self.rng.standard_normal((rows, depth), dtype=np.float32)
            self.artifacts[key] = build_linears(
                self.directory / "-".join(map(str, key)), w, f"nm<{n}:{m}>" if m else None,
                ROTATED_BYTES // (4 * rows * depth) + 1, *self.cpu, *([f"--force-route={route}"] if m else []))
        count = ROTATED_BYTES // (4 * rows * depth) + 1
        each = 4 * rows * depth * (n / m * 17 / 16 if m else 1)
        x = self.rng.standard_normal((columns, depth), dtype=np.float32)
        models = [load_model(self.artifacts[key], self.threads) for _ in range(int(total // (count * each)) + 1)]
        return rotate([call for model in models for call in prepare_linears(model, count, x, rows)[0]])

    def bandwidth(self, call, total):
        """Bytes a second of the faster of two routes on one column."""
        rows = depth = 1024
        best = 0
        for route, n, m in (("dense", 0, 0), ("vector", 2, 4)):
            (seconds,) = self.time([self.calls(route, n, m, rows, depth, 1, total)], rounds=3)
            each = 4 * rows * depth * (n / m * 17 / 16 if m else 1)
            best = max(best, each / max(seconds - call, 1e-9))
        return best

    def caches(self, call):
        """Bandwidth of the last cache and of memory, and where one becomes the
        other: a virtual machine has a share of the cache that it sees."""
        sizes = [ROTATED_BYTES]
        while sizes[-1] < 1.5 * last_cache_bytes():
            sizes.append(2 * sizes[-1])
        found = [self.bandwidth(call, size) for size in sizes]
        middle = math.sqrt(found[0] * found[-1])
        return found[0], found[-1], max(size for size, each in zip(sizes, found) if each >= middle)

    def packing(self, call):
        """Bytes of the activation packed a second: the part of the time that does
        not grow with the rows."""
        found = []
        for columns in (256, 512, 1024):
            few, many = self.time([self.calls("vector", 2, 4, rows, 1024, columns) for rows in (16, 256)])
            part = few - call - (many - few) / 15
            found.append(4 * 1024 * columns / max(part, few / 4))
        return statistics.median(found)

    def rates(self, fixed, packing, table):
        """Multiply-adds a second on what is left, over COLUMNS: the geometric
        mean over shapes."""
        route, n, m = table
        logs = np.zeros(len(COLUMNS))
        for rows, depth in SHAPES:
            times = self.time([self.calls(route, n, m, rows, depth, columns) for columns in COLUMNS])
            for i, (columns, seconds) in enumerate(zip(COLUMNS, times)):
                counted = -(-columns // 16) * 16 if route == "sparse-tensor" and columns >= 4 else columns
                operations = rows * depth * counted * (n / m if m else 1)
                packs = columns >= PACKS_FROM.get(route, columns + 1)
                rest = seconds - fixed - (4 * depth * columns / packing if packs else 0)
                logs[i] += np.log(operations / max(rest, seconds / 4)) / len(SHAPES)
        return [float(f"{rate:.4g}") for rate in np.exp(logs)]


def measure(arguments):
    source = f"tools/bench/calibrate.py on {cpu_name()}" + (f", code for {arguments.cpu}" if arguments.cpu else "")
    curves = {name: {"threads": arguments.threads, "value": [], "unit": unit, "source": source, "calibrated": True}
              for name, unit in (("memory_bandwidth", "bytes/s"), ("last_cache_bandwidth", "bytes/s"),
                                 ("packing_bandwidth", "bytes/s"), ("dispatch", "s"))}
    last_cache = 0
    rates = []
    for threads in arguments.threads:
        with tempfile.TemporaryDirectory() as directory:
            m = Measurement(arguments, threads, pathlib.Path(directory))
            call, dispatch = m.fixed()
            cache, memory, size = m.caches(call)
            last_cache = max(last_cache, size)
            found = {"dispatch": dispatch, "packing_bandwidth": m.packing(call), "last_cache_bandwidth": cache,
                     "memory_bandwidth": memory}
            for name, value in found.items():
                curves[name]["value"].append(float(f"{value:.4g}"))
            print(f"{plural(threads)}: a call {call * 1e6:.1f} us,", found, flush=True)
            for route, layouts in LAYOUTS.items():
                for layout in layouts:
                    table = {"route": route, "element": "f32"}
                    if layout[1]:
                        table.update(zip("nm", layout))
                    values = m.rates(call + dispatch, found["packing_bandwidth"], (route, *layout))
                    rates.append({**table, "threads": threads, "columns": COLUMNS, "value": values,
                                  "unit": "multiply-adds/s", "source": source, "calibrated": True})
                    print(plural(threads), route, *layout, values, flush=True)
    curves["last_cache_size"] = {"value": last_cache, "unit": "bytes", "calibrated": True,
                                 "source": f"where bandwidth falls: {source}"}
    return {"target": arguments.name, "kind": "cpu", "description": cpu_name(), "constants": curves, "rates": rates}


def best_of(paths):
    """The files' tables, one for each route, layout and number of threads, with the
    fastest of each value; constants over threads likewise."""
    files = [json.loads(path.read_text()) for path in paths]
    best = files[0]
    for other in files[1:]:
        for name, theirs in other["constants"].items():
            ours = best["constants"][name]
            if "threads" not in ours:
                ours["value"] = max(ours["value"], theirs["value"])
                continue
            pick = min if ours["unit"] == "s" else max
            values = dict(zip(ours["threads"], ours["value"]))
            for threads, value in zip(theirs["threads"], theirs["value"]):
                values[threads] = pick(value, values.get(threads, value))
            ours["threads"], ours["value"] = map(list, zip(*sorted(values.items())))
        tables = {key_of(table): table for table in best["rates"]}
        for table in other["rates"]:
            ours = tables.setdefault(key_of(table), table)
            if ours["columns"] != table["columns"]:
                sys.exit(f"the files have rates at different columns: {ours['columns']} and {table['columns']}")
            ours["value"] = list(map(max, ours["value"], table["value"]))
        best["rates"] = list(tables.values())
    return best


def key_of(table):
    return tuple(table.get(name) for name in ("route", "element", "n", "m", "threads"))


def write(target, path):
    """One constant a line, so that a difference is readable."""
    lines = [f'  "{key}": {json.dumps(target[key])},' for key in ("target", "kind", "description")]
    lines.append('  "constants": {')
    lines.append(",\n".join(f'    "{name}": {json.dumps(value)}' for name, value in target["constants"].items()))
    lines += ["  },", '  "rates": [', ",\n".join(f"    {json.dumps(table)}" for table in target["rates"]), "  ]"]
    path.write_text("{\n" + "\n".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / ".lacuna/build/release")
    parser.add_argument("--threads", type=lambda text: [int(t) for t in text.split(",")], default=[1, 2])
    parser.add_argument("--cpu", help="measure code for another processor than this one, such as x86-64-v3")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each point")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="cpu-avx512", help="the target file's name")
    parser.add_argument("--best-of", nargs="+", type=pathlib.Path, help="join such files instead of measuring")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    os.environ["LACUNA_BUILD"] = str(arguments.build)
    target = best_of(arguments.best_of) if arguments.best_of else measure(arguments)
    write(target, arguments.output)
    # What the compiler would say of it.
    with tempfile.TemporaryDirectory() as directory:
        model = pathlib.Path(directory) / "m.mlir"
        model.write_text(linear(8, 8))
        subprocess.run([arguments.build / "bin/lacuna-compile", model, "--compile-to=plan", "-o", os.devnull,
                        f"--target-model={arguments.output}"], check=True)


if __name__ == "__main__":
    sys.exit(main())
