#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Is the plan right? Sweeps n:m weights over the number of columns, runs each
point by every route, and compares what the plan takes with the best. Prints a
table in Markdown and draws it.

  tools/bench/plan.py [--build DIR] [--threads 1,2] [--weights 1024x1024,...] [--plot FILE.svg] [--json FILE]

The regret of a point is the time of the route that the plan takes over the time of
the fastest one, less 1. No single route for all points may be better than the
plan, in the geometric mean of time over the best, and at most a tenth of the points
may have a regret of more than 15 %: otherwise the exit status is 1.

Each route is forced in an artifact of its own; calls take turns and go through
several weights, together larger than a second-level cache, as layers of a network
are. Of all turns the fastest counts: other work on the machine only adds time.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from common import (ROOT, build, build_linears, cpu_name, linear, load_model, plural, prepare_linears, prune_at_random,
                    rotate, time_alternating)

ROUTES = ("dense", "sparse-tensor", "vector")
LAYOUTS = ((1, 4), (2, 4), (4, 8))
COLUMNS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096)
# Weights that take turns are together at least so large.
ROTATED_BYTES = 16 * 2**20
MUCH = 0.15  # regret that counts as a wrong choice


def plan_of(directory, rows, depth, weights, layout, threads):
    """The plan's intervals for this weight with so many threads."""
    report = directory / "plan.json"
    build(directory, linear(rows, depth), weights, {"w": layout}, "--report", report, f"--plan-threads={threads}")
    return json.loads(report.read_text())["regions"][0]["intervals"]


def chosen(intervals, columns):
    return [interval["route"] for interval in intervals if interval["from"] <= columns][-1]


def sweep(arguments, threads):
    rng = np.random.default_rng(arguments.seed)
    points = []
    for rows, depth in arguments.weights:
        for n, m in LAYOUTS:
            weights = {"w": (prune_at_random(rng, (rows, depth), n, m), "f32")}
            with tempfile.TemporaryDirectory() as d:
                directory = pathlib.Path(d)
                intervals = plan_of(directory / "plan", rows, depth, weights, f"nm<{n}:{m}>", threads)
                count = ROTATED_BYTES // (4 * rows * depth) + 1
                models = [load_model(build_linears(directory / route, weights["w"][0], f"nm<{n}:{m}>", count,
                                                   f"--force-route={route}"), threads) for route in ROUTES]
                for columns in COLUMNS:
                    x = rng.standard_normal((columns, depth), dtype=np.float32)
                    prepared = [prepare_linears(model, count, x, rows) for model in models]
                    seconds = time_alternating([rotate(calls) for calls, _ in prepared], rounds=arguments.rounds,
                                               seconds=0.02, summary=min)
                    expected = x @ weights["w"][0].T
                    for _, results in prepared:
                        np.testing.assert_allclose(results[0], expected, rtol=1e-3, atol=5e-3)
                    points.append({"rows": rows, "depth": depth, "layout": f"{n}:{m}", "columns": columns,
                                   "threads": threads, "seconds": dict(zip(ROUTES, map(float, seconds))),
                                   "plan": chosen(intervals, columns)})
                    print(json.dumps(points[-1]), flush=True)


def plan_again(points):
    """Takes the choices of the compiler as it is now."""
    known = {}
    for p in points:
        key = p["rows"], p["depth"], p["layout"], p["threads"]
        if key not in known:
            n, m = map(int, p["layout"].split(":"))
            weight = prune_at_random(np.random.default_rng(0), (p["rows"], p["depth"]), n, m)
            with tempfile.TemporaryDirectory() as d:
                known[key] = plan_of(pathlib.Path(d) / "plan", p["rows"], p["depth"], {"w": (weight, "f32")},
                                     f"nm<{n}:{m}>", p["threads"])
        p["plan"] = chosen(known[key], p["columns"])


def regret(point, route=None):
    return point["seconds"][route or point["plan"]] / min(point["seconds"].values()) - 1


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def print_points(points):
    for threads in sorted({p["threads"] for p in points}):
        print(f"\n### {plural(threads)}\n")
        print("Microseconds by each route; the best in bold, what the plan takes with a star.\n")
        print("| weight | layout | N | " + " | ".join(ROUTES) + " | regret |\n|---|---|---|" + "---|" * (len(ROUTES) + 1))
        for p in (p for p in points if p["threads"] == threads):
            best = min(p["seconds"], key=p["seconds"].get)
            cells = []
            for route in ROUTES:
                text = f"{p['seconds'][route] * 1e6:.0f}"
                cells.append((f"**{text}**" if route == best else text) + ("*" if route == p["plan"] else ""))
            print(f"| {p['rows']}x{p['depth']} | {p['layout']} | {p['columns']} | " + " | ".join(cells)
                  + f" | {100 * regret(p):.0f} % |")


def judge(points):
    """Prints the sums, and whether the plan is good enough."""
    plan = geometric_mean([1 + regret(p) for p in points])
    single = {route: geometric_mean([1 + regret(p, route) for p in points]) for route in ROUTES}
    wrong = sum(regret(p) > MUCH for p in points)
    print("\n| | time over the best, geometric mean | points more than 15 % slower than the best |\n|---|---|---|")
    print(f"| the plan | {plan:.3f} | {wrong} of {len(points)} ({100 * wrong / len(points):.0f} %) |")
    for route, mean in single.items():
        print(f"| always {route} | {mean:.3f} | {sum(regret(p, route) > MUCH for p in points)} of {len(points)} |")
    alike = [route for route in ROUTES if all(p["plan"] == route for p in points)]
    good = plan <= min(single.values()) and wrong <= len(points) / 10
    print(f"\nThe plan is {'' if good else 'NOT '}good: " + ("it takes " + alike[0] + " at every point" if alike else
          "it takes several routes") + ("." if good else ", and one route is better, or more than a tenth of points are wrong."))
    return good


def draw(points):
    """The regret over the number of columns, a panel for each number of threads, as SVG."""
    colors = {"1:4": "#1b7837", "2:4": "#2166ac", "4:8": "#b2182b"}
    threads = sorted({p["threads"] for p in points})
    width, height, left, top = 360, 200, 46, 34
    most = max(0.3, max(regret(p) for p in points) * 1.1)
    exponents = [math.log2(p["columns"]) for p in points]
    low, high = min(exponents), max(max(exponents), min(exponents) + 1)
    panels = []
    for i, count in enumerate(threads):
        x0 = left + i * (width + 50)
        at_x = lambda columns: x0 + (math.log2(columns) - low) / (high - low) * width
        at_y = lambda value: top + height - value / most * height
        parts = [f'<text x="{x0}" y="{top - 12}" class="title">{plural(count)}</text>',
                 f'<rect x="{x0}" y="{top}" width="{width}" height="{height}" class="frame"/>',
                 f'<line x1="{x0}" x2="{x0 + width}" y1="{at_y(MUCH):.1f}" y2="{at_y(MUCH):.1f}" class="limit"/>']
        for value in (0, MUCH, most):
            parts.append(f'<text x="{x0 - 5}" y="{at_y(value) + 4:.1f}" class="y">{100 * value:.0f} %</text>')
        for columns in sorted({p["columns"] for p in points})[::2]:
            parts.append(f'<text x="{at_x(columns):.1f}" y="{top + height + 16}" class="x">{columns}</text>')
        for p in (p for p in points if p["threads"] == count):
            shift = 5 * (list(colors).index(p["layout"]) - 1)
            parts.append(f'<circle cx="{at_x(p["columns"]) + shift:.1f}" cy="{at_y(regret(p)):.1f}" r="3" '
                         f'fill="{colors[p["layout"]]}"><title>{p["rows"]}x{p["depth"]} {p["layout"]}, N = {p["columns"]}: '
                         f'plan {p["plan"]}, regret {100 * regret(p):.0f} %</title></circle>')
        panels.append("\n".join(parts))
    legend = "\n".join(f'<circle cx="{left + 6 + 60 * i}" cy="{top + height + 40}" r="4" fill="{color}"/>'
                       f'<text x="{left + 14 + 60 * i}" y="{top + height + 44}" class="legend">{name}</text>'
                       for i, (name, color) in enumerate(colors.items()))
    total = left + len(threads) * (width + 50)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {top + height + 54}" '
            'font-family="sans-serif" font-size="11">\n<style>text{fill:#444}.title{font-size:13px;font-weight:bold}'
            '.x{text-anchor:middle}.y{text-anchor:end}.frame{fill:none;stroke:#999}'
            '.limit{stroke:#c60;stroke-dasharray:4 3}</style>\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(panels) + "\n" + legend
            + f'\n<text x="{left + 200}" y="{top + height + 44}">time of the plan\'s route over the best, less 1, by columns N; '
            "dashed: 15 %</text>\n</svg>\n")


def parse_weights(text):
    return [tuple(map(int, size.split("x"))) for size in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--weights", default="1024x1024,384x1536,64x1024", type=parse_weights, help="rows x depth, several by commas")
    parser.add_argument("--rounds", default=6, type=int, help="turns of each route at each point")
    parser.add_argument("--plot", help="draw the regret into this SVG file")
    parser.add_argument("--json", help="write all points into this file")
    parser.add_argument("--points", help="plan again for the times in such a file instead of measuring")
    parser.add_argument("--seed", type=int, default=int(np.random.SeedSequence().entropy % 2**32))
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["LACUNA_BUILD"] = str(pathlib.Path(arguments.build).resolve())
    if arguments.child:
        return sweep(arguments, arguments.child)
    if arguments.points:
        points = json.loads(pathlib.Path(arguments.points).read_text())
        plan_again(points)
    else:
        print(f"CPU: {cpu_name()}  \nseed: {arguments.seed}  \ncommand: `tools/bench/plan.py {' '.join(sys.argv[1:])}`",
              flush=True)
        points = []
        for threads in arguments.threads.split(","):
            child = subprocess.Popen([sys.executable, __file__, *sys.argv[1:], f"--seed={arguments.seed}",
                                      f"--child={threads}"], stdout=subprocess.PIPE, text=True)
            for line in child.stdout:
                points.append(json.loads(line))
                if sys.stderr.isatty():
                    print(f"\r{len(points)} points", end="", file=sys.stderr)
            if child.wait():
                sys.exit(1)
    print_points(points)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(points, indent=1))
    if arguments.plot:
        pathlib.Path(arguments.plot).write_text(draw(points))
    sys.exit(0 if judge(points) else 1)


if __name__ == "__main__":
    main()
