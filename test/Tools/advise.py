# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What lacuna-advise finds in weights against NumPy in float64, on fresh random
# data: every type, ragged, tiny and wide shapes, stacks and convolutions, zeros
# of both signs, NaN, packed weights, experts that are nearly the same. The
# result does not depend on threads.
#
# RUN: env PYTHONPATH=%lacuna_src/test/Integration %python %s %t

import html.parser
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from math import prod

import numpy as np
from lacuna_test import types

seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print("seed", seed)
rng = np.random.default_rng(seed)
out = sys.argv[1]
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)

PATTERNS = [(1, 2), (1, 4), (2, 4), (1, 8), (2, 8), (4, 8), (1, 16), (2, 16), (4, 16), (8, 16)]


def advise(path, *flags):
    threads = [] if any(flag.startswith("--threads") for flag in flags) else ["--threads=2"]
    done = subprocess.run(["lacuna-advise", path, "--json=-", *threads, *flags],
                          check=True, capture_output=True, text=True)
    assert done.stderr == "", done.stderr  # no bar where there is no terminal
    return json.loads(done.stdout)


def near(found, expected, what, rtol=6e-4, atol=2e-7):
    assert abs(found - expected) <= atol + rtol * abs(expected), (what, found, expected)


def matrices(w):
    """As [batch, rows, columns], and the dimensions that rows and columns are."""
    dims = [d for d in range(w.ndim) if w.shape[d] != 1]
    first = 1 if len(dims) > 3 else len(dims) - 2
    shape = [w.shape[d] for d in dims]
    view = w.reshape(prod(shape[:first]), shape[first], prod(shape[first + 1:]))
    return view, dims[first], dims[-1] if len(dims) < 4 else None


def groups(view, axis, m):
    """[..., m] with zeros behind a ragged tail."""
    w = np.moveaxis(view, axis, -1)
    pad = -w.shape[-1] % m
    w = np.pad(w, [(0, 0)] * (w.ndim - 1) + [(0, pad)])
    return w.reshape(-1, m)


def blocks(view, size):
    b, r, c = view.shape
    w = np.pad(view, [(0, 0), (0, -r % size), (0, -c % size)])
    w = w.reshape(b, w.shape[1] // size, size, w.shape[2] // size, size)
    return (w ** 2).sum(axis=(2, 4)).ravel()


def lost(energies, whole):
    return np.sqrt(max(energies, 0) / whole) if whole else 0


def check_patterns(found, view, dim, axis, energy):
    named = {p["layout"]: p for p in found["patterns"]}
    for n, m in PATTERNS:
        g = np.sort(groups(view, axis, m) ** 2, axis=-1)
        p = named[f"nm<{n}:{m}, dim = {dim}>"]
        assert p["groups"] == len(g), (p, len(g))
        broken = int(((g != 0).sum(axis=-1) > n).sum())
        assert p["broken"] == broken, (p, broken)
        near(p["norm_lost"], lost(g[:, :m - n].sum(), energy), p)
        if broken:
            share = 1 - broken / len(g)
            exact = lost(g[:, :m - n].sum(), energy)
            # Not at the very limits, which are rounded here and there.
            if min(abs(share - 0.95), abs(exact - 0.01)) > 1e-3:
                assert p["nearly"] == (share >= 0.95 or exact <= 0.01), p
    for m in (2, 4, 8, 16):  # the smallest n that holds is always told
        most = max(1, int((groups(view, axis, m) != 0).sum(axis=-1).max()))
        if most < m:
            assert named[f"nm<{most}:{m}, dim = {dim}>"]["broken"] == 0


def check_parts(found, energies, whole):
    assert found["total"] == len(energies), (found, len(energies))
    assert found["zero"] == int((energies == 0).sum()), found
    limit = 1e-4 * whole / len(energies)
    # Bins are a quarter of an octave wide.
    least = ((energies > 0) & (energies < limit / 1.3)).sum()
    assert least <= found["near_zero"] <= ((energies > 0) & (energies < limit * 1.3)).sum(), found
    ordered = np.sort(energies)
    half = len(ordered) / 2
    exact = ordered[:int(half)].sum() + (half % 1) * ordered[int(half)]
    near(found["lost_by_lightest_half"], lost(exact, whole), found, rtol=0.15, atol=1e-4)


def check(found, w, dtype):
    assert (found["dtype"], tuple(found["shape"])) == (dtype, w.shape), found
    view, row_dim, column_dim = matrices(w)
    assert found["elements"] == w.size and found["nonzeros"] == int((w != 0).sum()), found
    assert found["nonfinite"] == 0
    energy = (view ** 2).sum()
    near(found["norm"], np.sqrt(energy), "norm", atol=0)
    near(found["density"], (w != 0).mean(), "density")
    check_patterns(found, view, row_dim, 1, energy)
    check_parts(found["slices"][0], (view ** 2).sum(axis=2).ravel(), energy)
    if column_dim is None:  # a window is no dimension
        assert found["blocks"] == [] and len(found["slices"]) == 1
        assert len([p for p in found["patterns"] if f"dim = {row_dim}>" not in p["layout"]]) == 0
        return
    check_patterns(found, view, column_dim, 2, energy)
    check_parts(found["slices"][1], (view ** 2).sum(axis=1).ravel(), energy)
    for size, part in zip((16, 32, 64), found["blocks"]):
        assert part["size"] == size
        check_parts(part, blocks(view, size), energy)


def draw(shape, dtype):
    if dtype.startswith("i"):
        return rng.integers(-100, 101, shape).astype(np.float64)
    return rng.standard_normal(shape)


def make(shape, dtype, kind):
    w = draw(shape, dtype)
    if kind == "blocks":
        for r in range(0, shape[-2], 16):
            for c in range(0, shape[-1], 16):
                w[..., r:r + 16, c:c + 16] *= rng.choice([0, 1, 1e-4])
    elif kind == "lines":
        w[..., rng.choice(shape[-2], shape[-2] // 3, replace=False), :] = 0
        w[..., :, rng.choice(shape[-1], shape[-1] // 4, replace=False)] = -0.0
    elif kind == "almost":
        w = types.random_nm(rng, shape, len(shape) - 1, 2, 4, lambda s: draw(s, dtype))
        w.ravel()[rng.choice(w.size, w.size // 200 + 1, replace=False)] = 1
    elif kind and w.size > 10**6:  # the loop below would take minutes
        n, m, dim = kind
        w *= np.expand_dims(np.arange(shape[dim]) % m < n, [d for d in range(len(shape)) if d != dim])
    elif kind:
        n, m, dim = kind
        w = types.random_nm(rng, shape, dim, n, m, lambda s: draw(s, dtype))
    return w


CASES = [
    ((64, 64), "f32", None), ((37, 53), "f32", (2, 4, 1)), ((37, 53), "f64", (1, 4, 0)), ((130, 250), "bf16", (4, 8, 1)),
    ((130, 250), "f16", (2, 4, 1)), ((96, 100), "i8", (1, 16, 1)), ((70, 66), "i32", (3, 8, 0)),
    ((2, 2), "f32", None), ((2, 3), "i8", (1, 2, 1)), ((5, 1, 7), "f32", (3, 4, 2)), ((200, 300), "f32", "blocks"),
    ((129, 257), "f32", "lines"), ((90, 200), "f32", "almost"), ((6, 40, 50), "f32", (2, 4, 2)), ((3, 20, 17), "f16", "lines"),
    ((12, 16, 3, 3), "f32", (1, 2, 1)), ((20, 40000), "f32", "lines"), ((10000, 3), "bf16", None),
    ((1500, 3000), "f64", (4, 8, 0)),  # several slices of one matrix
    ((40, 350, 350), "f64", "lines"),  # several slices of whole matrices
]


def test_memory():
    """What is mapped does not stay: a file of 1.5 GB, mostly holes, is read in
    little memory, whatever its matrices are like. First of all tests: what a
    process has had before it becomes another counts as the other's."""
    if "ASAN_OPTIONS" in os.environ:  # shadow memory
        return
    shapes = {"tall": [4000000, 64], "square": [8192, 8192], "wide": [64, 4000000]}
    header, at = {}, 0
    for name, shape in shapes.items():
        size = prod(shape) * 2
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    path = f"{out}/large.safetensors"
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        f.truncate(8 + len(text) + at)
        f.seek(8 + len(text) + at - 2)
        f.write(np.float16(1).tobytes())
    process = subprocess.Popen(["lacuna-advise", path, "--json=-"], stdout=subprocess.PIPE)
    found = {w["name"]: w for w in json.load(process.stdout)["weights"]}
    peak = os.wait4(process.pid, 0)[2].ru_maxrss * 1024
    os.remove(path)
    assert [found[name]["nonzeros"] for name in shapes] == [0, 0, 1]
    assert at > 1.1e9 and peak < 3e8, (at, peak)
    # Nearly the largest header that there may be: very many tensors.
    names = [f"layer.{i}.{kind}" for i in range(520000) for kind in ("weight", "bias")]
    shape = {True: ("[2,2]", 8), False: ("[1]", 2)}
    entries, at = [], 0
    for name in names:
        text, size = shape[name.endswith("t")]
        entries.append(f'"{name}":{{"dtype":"F16","shape":{text},"data_offsets":[{at},{at + size}]}}')
        at += size
    text = ("{" + ",".join(entries) + "}").encode()
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        f.truncate(8 + len(text) + at)
    process = subprocess.Popen(["lacuna-advise", path, "--top=1"], stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    peak = os.wait4(process.pid, 0)[2].ru_maxrss * 1024
    os.remove(path)
    assert 8e7 < len(text) < 1e8 and peak < 5e8, (len(text), peak)
    assert "16384 weights of" in printed and "; 1023616 tensors left out" in printed, printed


def test_findings():
    stored, weights = {}, {}
    for i, (shape, dtype, kind) in enumerate(CASES):
        array = types.store(make(shape, dtype, kind), dtype)
        stored[f"w{i}"] = (array, dtype)
        weights[f"w{i}"] = types.load(array, dtype)
    stored["bias"] = (np.ones(7, np.float32), "f32")
    stored["row"] = (np.ones((1, 7), np.float32), "f32")
    stored["empty"] = (np.ones((0, 7), np.float32), "f32")
    types.save(f"{out}/w.safetensors", stored)
    report = advise(f"{out}/w.safetensors")
    assert sorted(w["name"] for w in report["left_out"]) == ["bias", "empty", "row"]
    found = {w["name"]: w for w in report["weights"]}
    assert set(found) == set(weights)
    for i, (shape, dtype, kind) in enumerate(CASES):
        check(found[f"w{i}"], weights[f"w{i}"], dtype)
        if isinstance(kind, tuple) and prod(shape) > 1000:
            n, m, dim = kind
            assert f"nm<{n}:{m}, dim = {dim}>" in found[f"w{i}"]["keeps"], found[f"w{i}"]["keeps"]
    sizes = [w["elements"] * {"f64": 8, "f32": 4, "i32": 4, "i8": 1}.get(w["dtype"], 2) for w in report["weights"]]
    assert sizes == sorted(sizes, reverse=True)
    # Slices are merged in their order.
    for threads in (1, 5):
        again = advise(f"{out}/w.safetensors", f"--threads={threads}")
        for a, b in zip(report["weights"], again["weights"]):
            for key in ("patterns", "blocks", "slices", "norm", "nonzeros"):
                assert a[key] == b[key], (threads, a["name"], key)


def test_special_values():
    w = rng.standard_normal((40, 48)).astype(np.float32)
    w[3, 5], w[7, 9] = np.nan, -np.inf
    w[:, ::2] = 0
    tiny = np.full((32, 32), 1e-42, np.float32)
    huge = np.where(np.arange(32 * 32).reshape(32, 32) % 2, 1e30, 0).astype(np.float32)
    double = np.full((32, 32), 1e-300)
    half = np.where(np.eye(32) > 0, 2.0**-24, 0).astype(np.float16)  # subnormal
    half[0, 1] = np.inf
    zero = np.zeros((33, 20), np.float32)
    types.save(f"{out}/special.safetensors", {
        "nan": (w, "f32"), "tiny": (tiny, "f32"), "huge": (huge, "f32"), "double": (double, "f64"),
        "half": (half, "f16"), "zero": (zero, "f32")})
    found = {w["name"]: w for w in advise(f"{out}/special.safetensors")["weights"]}
    nan = found["nan"]
    assert nan["nonfinite"] == 2 and nan["norm"] is None and nan["nonzeros"] == 40 * 24
    assert nan["keeps"] == ["nm<1:2, dim = 1>"]
    assert all(p["norm_lost"] is None for p in nan["patterns"])
    assert found["tiny"]["nonzeros"] == found["double"]["nonzeros"] == 1024
    assert found["tiny"]["keeps"] == [] and found["double"]["nonfinite"] == 0
    assert found["huge"]["keeps"] == ["nm<1:2, dim = 1>"] and found["huge"]["nonfinite"] == 0
    assert found["half"]["nonzeros"] == 33 and found["half"]["nonfinite"] == 1
    assert found["zero"]["nonzeros"] == 0 and found["zero"]["density"] == 0
    assert [b["zero"] for b in found["zero"]["blocks"]] == [b["total"] for b in found["zero"]["blocks"]]


    # The others have norms; and where there is none it is said.
    def run(*flags):
        return subprocess.run(["lacuna-advise", *flags], check=True, capture_output=True, text=True).stdout
    text, page = (run(f"{out}/special.safetensors", *flags) for flags in ([], ["--html=-"]))
    (row,) = [line.split() for line in text.splitlines() if re.match(r"nan +40x48xf32", line)]
    assert row.count("?") == 3 and "? where NaN or infinite elements leave no norm" in text, text
    for said in text.replace("\nnan ", "").replace("- nan: ", ""), re.sub(r"<h3>.*?</h3>|<code>nan</code>|of nan\b", "", page):
        assert not re.search(r"\bnan\b", said), re.findall(r".{60}\bnan\b.{60}", said, re.S)
    types.save(f"{out}/only.safetensors", {"only": (np.full((8, 8), np.inf, np.float32), "f32")})
    assert advise(f"{out}/only.safetensors")["sums"][0]["norm_lost"] is None


def test_magnitudes():
    """Norms and shares at the ends of each type's range, subnormals among them,
    and of several orders of magnitude in one weight."""
    scales = {"f32": [1e-42, 1e-30, 1e30, 1e38 / 4], "bf16": [1e-39, 1e-30, 1e30, 1e38 / 4], "f16": [2.0**-22, 1e-6, 1e4],
              "f64": [1e-322, 1e-310, 1e-200, 1e-30, 1e30, 1e200, 1e305]}
    weights = {}
    for dtype, list_ in scales.items():
        for scale in list_:
            kinds = {"random": draw((70, 90), "f32"), "spread": draw((70, 90), "f32"), "blocks": make((96, 200), "f32", "blocks")}
            kinds["spread"][:, ::2] *= 1e-3
            kinds["spread"][::2] *= 1e-2
            for kind, w in kinds.items():
                weights[f"{dtype} {scale} {kind}"] = types.store(np.clip(w, -4, 4) * scale, dtype), dtype
    types.save(f"{out}/magnitudes.safetensors", weights)
    for w in advise(f"{out}/magnitudes.safetensors")["weights"]:
        exact = types.load(*weights[w["name"]]).astype(np.longdouble)
        check(w, exact, w["dtype"])
    # Of weights whose norms differ by much more than f64 has squares of.
    path = f"{out}/sums.safetensors"
    both = {"large": (1e200 * rng.standard_normal((64, 64)), "f64"), "small": (1e-200 * rng.standard_normal((64, 64)), "f64")}
    types.save(path, both)
    report = advise(path)
    large = next(w for w in report["weights"] if w["name"] == "large")
    lost = {p["layout"]: p["norm_lost"] for p in large["patterns"]}
    for total in report["sums"]:
        near(total["norm_lost"], lost[total["layout"].replace(">", ", dim = 1>")], total)
    # Experts that are the same up to a factor that makes them far apart, and that are alike.
    base = rng.standard_normal((80, 80))
    experts = [1e-310 * base, 1e-310 * base * 1.01, 1e300 * base]
    types.save(path, {f"experts.{i}.w": (w, "f64") for i, w in enumerate(experts)})
    similar = advise(path)["similar"]
    assert [[m["name"] for m in s["matrices"]] for s in similar] == [["experts.0.w", "experts.1.w"]], similar
    near(similar[0]["distance"], 0.01, similar, rtol=0.2)


def pack(w, n, m, dim):
    """The packed form of docs/Weights.md."""
    rows = np.moveaxis(w, dim, -1)
    shape = rows.shape[:-1]
    length = rows.shape[-1]
    rows = rows.reshape(-1, length)
    count = -(-length // m)
    values = np.zeros((len(rows), count, n), w.dtype)
    places = np.zeros((len(rows), count, n), np.uint8)
    for r, row in enumerate(rows):
        for g in range(count):
            group = row[g * m:(g + 1) * m]
            kept = list(np.flatnonzero(group))
            free = [i for i in range(m) if i not in kept]
            kept = sorted(kept + free[:n - len(kept)])
            places[r, g] = kept
            values[r, g] = [group[i] if i < len(group) else 0 for i in kept]
    return values.reshape(*shape, count, n), places.reshape(*shape, count, n)


def save_packed(path, weights):
    header, blobs, at, metadata = {}, [], 0, {}
    for name, (w, n, m, dim) in weights.items():
        metadata[f"lacuna.layout.{name}"] = json.dumps(
            {"layout": f"nm<{n}:{m}, dim = {dim}>", "shape": list(w.shape), "dtype": "F32"})
        for suffix, dtype, array in zip(("values", "coordinates"), ("F32", "U8"), pack(w, n, m, dim)):
            data = array.tobytes()
            header[f"{name}.{suffix}"] = {"dtype": dtype, "shape": list(array.shape),
                                          "data_offsets": [at, at + len(data)]}
            blobs.append(data)
            at += len(data)
    text = json.dumps({**header, "__metadata__": metadata}).encode()
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def test_packed():
    """The same numbers as of the dense weight, with rows and columns swapped
    where the layout's dimension is not the last."""
    weights = {}
    for name, shape, n, m, dim in [("a", (70, 83), 2, 4, 1), ("b", (70, 83), 1, 4, 0), ("c", (3, 40, 36), 4, 8, 1)]:
        weights[name] = types.random_nm(rng, shape, dim, n, m, rng.standard_normal).astype(np.float32), n, m, dim
    save_packed(f"{out}/packed.safetensors", weights)
    types.save(f"{out}/dense.safetensors", {name: (w[0], "f32") for name, w in weights.items()})
    packed = {w["name"]: w for w in advise(f"{out}/packed.safetensors")["weights"]}
    dense = {w["name"]: w for w in advise(f"{out}/dense.safetensors")["weights"]}
    for name, (w, n, m, dim) in weights.items():
        a, b = packed[name], dense[name]
        assert a["stored"] == f"nm<{n}:{m}, dim = {dim}>" and a["stored"] in a["keeps"] and "stored" not in b
        for key in ("shape", "nonzeros", "norm", "density"):
            assert a[key] == b[key], key
        if w.ndim > 2:  # a stack is cut along another dimension
            continue
        by_layout = {p["layout"]: p for p in b["patterns"]}
        for p in a["patterns"]:
            assert {**p, "norm_lost": 0} == {**by_layout[p["layout"]], "norm_lost": 0}
            near(p["norm_lost"], by_layout[p["layout"]]["norm_lost"], p)
        by_dim = {s["dim"]: s["zero"] for s in b["slices"]}
        assert {s["dim"]: s["zero"] for s in a["slices"]} == by_dim
        assert [p["zero"] for p in a["blocks"]] == [p["zero"] for p in b["blocks"]]
    # Damage is found while it streams by.
    with open(f"{out}/packed.safetensors", "r+b") as f:
        f.seek(-1, os.SEEK_END)
        f.write(b"\xff")
    done = subprocess.run(["lacuna-advise", f"{out}/packed.safetensors"], capture_output=True, text=True)
    assert done.returncode == 1 and "weight 'c'" in done.stderr and done.stdout == "", done.stderr


def test_similar():
    shape = (100, 60)
    base = rng.standard_normal(shape)
    experts = [base, rng.standard_normal(shape), base + 0.03 * rng.standard_normal(shape), rng.standard_normal(shape), base]
    stack = rng.standard_normal((4, 32, 48))
    stack[3] = stack[1] * 1.05
    stored = {f"layer.0.experts.{i}.w": (w.astype(np.float32), "f32") for i, w in enumerate(experts)}
    stored["layer.1.experts.1.w"] = (base.astype(np.float32), "f32")  # differs by two numbers from the third
    stored["other"] = (base.astype(np.float32), "f32")  # no expert
    stored["stack"] = (stack.astype(np.float32), "f32")
    types.save(f"{out}/experts.safetensors", stored)
    found = {}
    for pair in advise(f"{out}/experts.safetensors")["similar"]:
        names = tuple(m["name"].replace("experts.", "").removesuffix(".w") + (f"[{m['matrix']}]" if "matrix" in m else "")
                      for m in pair["matrices"])
        found[tuple(sorted(names))] = pair["distance"]
    assert set(found) == {("layer.0.0", "layer.0.2"), ("layer.0.0", "layer.0.4"), ("layer.0.2", "layer.0.4"),
                          ("stack[1]", "stack[3]")}, found
    assert found["layer.0.0", "layer.0.4"] == 0
    near(found["layer.0.0", "layer.0.2"], 0.03, "distance", rtol=0.25)
    near(found["stack[1]", "stack[3]"], 0.05 / np.sqrt((1 + 1.05**2) / 2), "distance", rtol=0.25)


def test_sharded():
    w = {f"layer.{i}.w": rng.standard_normal((20, 24)).astype(np.float32) for i in range(4)}
    for shard in range(2):
        types.save(f"{out}/m-{shard}.safetensors", {k: (v, "f32") for i, (k, v) in enumerate(w.items()) if i % 2 == shard})
    with open(f"{out}/m.safetensors.index.json", "w") as f:
        json.dump({"weight_map": {k: f"m-{i % 2}.safetensors" for i, k in enumerate(w)}}, f)
    report = advise(f"{out}/m.safetensors.index.json")
    assert {x["name"] for x in report["weights"]} == set(w) and report["bytes"] == 4 * 20 * 24 * 4
    both = advise(f"{out}/m-0.safetensors", f"{out}/m-1.safetensors")
    assert both["weights"] == report["weights"]


def test_progress():
    """On a terminal a bar is drawn, and wiped away."""
    terminal, there = pty.openpty()
    subprocess.run(["lacuna-advise", f"{out}/w.safetensors"], check=True, stdout=subprocess.DEVNULL, stderr=there)
    os.close(there)
    drawn = b""
    try:
        while piece := os.read(terminal, 1 << 16):
            drawn += piece
    except OSError:  # the end
        pass
    os.close(terminal)
    lines = drawn.decode().split("\r")
    assert all(re.fullmatch(r"\[=* *\] [\d.]+ of 0\.\d\d GB, [\d]+ MB/s\x1b\[K", line) for line in lines[1:-1]), lines
    assert len(lines) > 2 and lines[-1] == "\x1b[K", lines


class Checker(html.parser.HTMLParser):
    """Each tag is closed, and nothing is fetched or run."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "img", "iframe"), tag
        for name, value in attrs:
            assert not name.startswith("on") and name not in ("src", "href"), name
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag == "path", tag

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


def test_html():
    evil = "</h3><script>alert(1)</script>\"'&{0}\0\x1b[31m.\u00e9"
    w = make((70, 80), "f32", (2, 4, 1)).astype(np.float32)
    types.save(f"{out}/evil.safetensors", {evil: (w, "f32"), "nan": (np.full((4, 4), np.nan, np.float32), "f32")})
    subprocess.run(["lacuna-advise", f"{out}/evil.safetensors", f"--html={out}/evil.html"], check=True, capture_output=True)
    with open(f"{out}/evil.html", encoding="utf-8") as f:
        page = f.read()
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == [], checker.open
    assert "://" not in page and "@import" not in page and "url(" not in page
    for c in evil.replace("\0", "\ufffd").replace("\x1b", "\ufffd"), "keeps nm<", "2:4 loses":
        assert c in checker.text, c
    for needed in ("prefers-color-scheme: dark", "width=device-width", "<svg role=", "overflow-x: auto"):
        assert needed in page, needed


for test in [f for name, f in list(globals().items()) if name.startswith("test_")]:
    print(test.__name__)
    test()
