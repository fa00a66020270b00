# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tests and benchmarks of a bundle: for each a module, its weights, how it
is compiled, and inputs with references in float64 and a bound for each element.
Contractions and row operations are those of test/Integration."""
import json
import os
import re
import sys
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "test"), os.path.join(ROOT, "test/Integration")]

import gpu_contraction_matrix as contractions
import network_parts as parts
import references
from contraction_matrix import module
from lacuna_test.types import SAFETENSORS, load, random_nm, store

SIZES = (0, 1, 17, 40)
ROW_SIZES = ((3, 16), (1, 1), (5, 17), (64, 65), (2, 1000))
# Sums of a model's layers are of unlike sizes: its outputs may be off by this
# part of the largest one.
MODEL_TOLERANCE = {"f32": 1e-4, "bf16": 3e-2}


class Test:
    """`weights`: {name: (array, type)}, or specifications of generated ones.
    `cases`: (inputs [(array, type)], references, bounds or None)."""

    def __init__(self, name, group, text, cases, weights=None, generated=None, layouts=None, flags=(), uses=""):
        self.name, self.group, self.text, self.cases = name, group, text, cases
        self.weights, self.generated, self.layouts = weights or {}, generated or [], layouts
        self.flags, self.uses = list(flags), uses


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def contraction(c, rng):
    kind = c["kind"]
    t, s, (n, m) = kind.element, kind.sums, c["layout"]
    out = contractions.out_type(c)

    def draw(shape):
        return rng.integers(-128, 128, shape).astype(np.float64) if kind.integer else rng.standard_normal(shape)

    lead = c["batch"] if c["batch_of_weights"] else ()
    shape = lead + ((c["K"], c["M"]) if c["w_turned"] else (c["M"], c["K"]))
    w = store(random_nm(rng, shape, len(lead) + (0 if c["w_turned"] else 1), n, m, draw), t)
    bias = store(draw((c["M"],)), s)
    cases = []
    for size in SIZES:
        x = store(draw(c["batch"] + ((c["K"], size) if c["x_turned"] else (size, c["K"]))), t)
        residual = store(draw(c["batch"] + ((c["M"], size) if c["y_turned"] else (size, c["M"]))), s)
        expected, bound = contractions.reference(c, contractions.rounded(x, kind), contractions.rounded(w, kind),
                                                 load(bias, s), load(residual, s))
        inputs = [(x, t), *([(residual, s)] if c["residual"] != "none" else []), *([(w, t)] if c["given"] else [])]
        cases.append((inputs, [expected], [bound]))
    sparse = c["route"] == "tensor-core"
    words = [t, f"sums {s}" if s != t else "", f"by {kind.precision}" if kind.precision else "", f"to {out}" if out != s else "",
             c["route"], f"{n}:{m}", "bias" if c["bias"] else "", f"residual {c['residual']}" if c["residual"] != "none" else "",
             "" if c["activation"] == "none" else c["activation"], "given" if c["given"] else "", *(f"{o} turned" for o in "xwy" if c[f"{o}_turned"]),
             f"batch {'x'.join(map(str, c['batch']))}" if c["batch"] else "", f"m={c['M']} k={c['K']}"]
    return Test("contraction " + " ".join(word for word in words if word), "contractions", contractions.module(c), cases,
                {**({} if c["given"] else {"w": (w, t)}), **({"bias": (bias, s)} if c["bias"] else {})},
                layouts={} if c["given"] else {"w": f"nm<{n}:{m}>"},
                flags=contractions.flags(c), uses="mma.sp" if sparse else "mma" if kind.depth else "")


def row_operation(t, part, rng):
    cases = []
    for n, m in ROW_SIZES:
        drawn = part.inputs(lambda *shape: rng.standard_normal(shape), n, m)
        arrays = [a[0] if isinstance(a, tuple) else a for a in drawn]
        kinds = [a[1] if isinstance(a, tuple) else t for a in drawn]
        stored = [store(a, k) for a, k in zip(arrays, kinds)]
        exact = [load(s, k) for s, k in zip(stored, kinds)]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = np.asarray(part.reference(*exact), np.float64)
        cases.append((list(zip(stored, kinds)), [expected], [parts.bound_of(part, t, exact, expected)]))
    return Test(f"row {part.name} {t}", "row operations", part.text, cases)


def model_bound(expected, precision):
    return np.full(expected.shape, MODEL_TOLERANCE[precision] * np.abs(expected).max())


def rounded(arrays, precision):
    return {k: load(store(a.astype(np.float64), precision), precision) if precision == "bf16" and a.ndim == 2 else
            a.astype(np.float64) for k, a in arrays.items()}


def digits(sparse):
    path = os.path.join(ROOT, "tools/digits", "sparse.safetensors" if sparse else "dense.safetensors")
    weights = unpack(read_safetensors(path))
    precision = "bf16" if sparse else "f32"
    exact = rounded({k: a for k, (a, _) in weights.items()}, precision)
    images = np.load(os.path.join(ROOT, "tools/digits/images.npy"))[:128].astype(np.float32)
    cases = []
    for count in (1, 3, 17, 64, 128):
        x = images[:count]
        expected = references.digits(exact, x.astype(np.float64))
        cases.append(([(x, "f32")], [expected], [model_bound(expected, precision)]))
    flags = ["--precision=bf16", "--force-route=tensor-core"] if sparse else []
    layouts = json.loads(read("tools/digits/rules.json")) if sparse else None
    return Test(f"digits {'2:4 bf16' if sparse else 'dense f32'}", "models", read("tools/digits/model.mlir"), cases, weights,
                layouts=layouts, flags=flags, uses="mma.sp" if sparse else "")


def block(sparse, rng):
    text = read("test/Integration/Inputs/block.mlir")
    shapes = {name: [int(d) for d in shape.split("x")]
              for name, shape in re.findall(r"dense_resource<(\S+?)> : tensor<([\dx]+)xf32>", text)}
    precision = "bf16" if sparse else "f32"
    weights = {}
    for name, shape in shapes.items():
        array = rng.standard_normal(shape) / (8 if len(shape) == 2 else 4) + (1 if name.startswith("norm") else 0)
        if sparse and name.startswith("ffn") and len(shape) == 2:
            array = random_nm(rng, shape, 1, 2, 4, lambda s: rng.standard_normal(s) / 8)
        weights[name] = (array.astype(np.float32), "f32")
    exact = rounded({k: a for k, (a, _) in weights.items()}, precision)
    cases = []
    for batch, length in ((1, 1), (3, 5), (17, 3), (2, 64)):
        x = rng.standard_normal((batch, length, 64)).astype(np.float32)
        mask = rng.random((batch, length)) < 0.8
        mask[:, 0] = True
        expected = references.block(exact, x.astype(np.float64), mask)
        cases.append(([(x, "f32"), (mask, "i1")], [expected], [model_bound(expected, precision)]))
    flags = ["--precision=bf16", "--force-route=tensor-core"] if sparse else []
    return Test(f"transformer block {'ffn 2:4 bf16' if sparse else 'dense f32'}", "models", text, cases, weights,
                layouts={"ffn.*.weight": "nm<2:4>"} if sparse else None, flags=flags, uses="mma.sp" if sparse else "")


def random_reals(seed, count):
    """As Numbers.h of the runner has it: splitmix64 of a counter, in [-1, 1)."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1


def minilm(precision, rng):
    """all-MiniLM-L6-v2 with weights that the runner makes from their seeds."""
    text = read("tools/minilm/model.mlir")
    generated, exact = [], {}
    found = re.findall(r"dense_resource<(\S+?)> : tensor<([\dx]+)xf32>", text)
    for index, (name, shape) in enumerate(dict(found).items()):
        shape = [int(d) for d in shape.split("x")]
        spec = {"name": name, "type": "f32", "shape": shape, "seed": 1000 + index, "scale": 0.06 if len(shape) == 2 else 0.1,
                "offset": 1.0 if name.endswith("LayerNorm.weight") else 0.0}
        generated.append(spec)
        values = spec["offset"] + spec["scale"] * random_reals(spec["seed"], int(np.prod(shape)))
        exact[name] = values.reshape(shape).astype(np.float32)
    exact = {k: a.astype(np.float64) for k, a in exact.items()} if precision == "f32" else rounded(exact, precision)
    cases = []
    for batch, length in ((1, 1), (3, 16)):
        ids = rng.integers(0, 30522, (batch, length))
        mask = (np.arange(length) < rng.integers(1, length + 1, (batch, 1))).astype(np.int64)
        expected = references.minilm(exact, ids, mask)
        cases.append(([(ids, "i64"), (mask, "i64")], [expected], [model_bound(expected, precision)]))
    flags = ["--precision=bf16"] if precision == "bf16" else []
    return Test(f"all-MiniLM-L6-v2 {precision}, generated weights", "models", text, cases, generated=generated, flags=flags)


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    names = {"F32": ("f32", np.float32), "U8": ("u8", np.uint8)}
    result = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name == "__metadata__":
            continue
        kind, dtype = names[entry["dtype"]]
        first, last = entry["data_offsets"]
        result[name] = (np.frombuffer(data[8 + size + first:8 + size + last], dtype).reshape(entry["shape"]), kind)
    return result


def unpack(weights):
    """2:4 weights as dense ones: docs/Weights.md, "The canonical form"."""
    result = {}
    for name, (array, kind) in weights.items():
        stem, _, part = name.rpartition(".")
        if part == "values":
            dense = np.zeros((*array.shape[:-1], 4), array.dtype)
            np.put_along_axis(dense, weights[f"{stem}.coordinates"][0].astype(np.int64), array, axis=-1)
            result[stem] = (dense.reshape(array.shape[0], -1), kind)
        elif part != "coordinates":
            result[name] = (array, kind)
    return result


def tests(rng, reduced):
    """Yields functions that make a test each, so that a failure names one."""
    count = 40
    wanted = {"softmax": ("f32", "bf16", "f16")}
    for c in contractions.configurations(rng, count):
        small = c["route"] == "tensor-core" and c["M"] <= 128 and c["K"] >= 16
        if reduced and not small:
            continue
        yield lambda c=c: contraction(c, rng)
        if reduced:
            break
    for t, part in parts.parts():
        if reduced and (t, part.name) != ("f32", "softmax"):
            continue
        if t in wanted.get(part.name, ("f32", "bf16")):
            yield lambda t=t, part=part: row_operation(t, part, rng)
    yield lambda: digits(True)
    if reduced:
        return
    yield lambda: digits(False)
    for sparse in (False, True):
        yield lambda sparse=sparse: block(sparse, rng)
    if os.path.exists(os.path.join(ROOT, "tools/minilm/model.mlir")):
        yield lambda: minilm("f32", rng)
        yield lambda: minilm("bf16", rng)


def benchmarks(reduced):
    """y = x w^T without an epilogue, where ours and the libraries' do the same."""
    sizes = [(96, 128)] if reduced else [(4096, 4096), (11008, 4096), (4096, 11008)]
    columns = [16, 40] if reduced else [16, 256, 4096]
    kinds = [("bf16", None, "mma"), ("f16", None, "mma"), ("i8", None, "mma"), ("f32", "tf32", "mma")]
    for t, precision, _ in kinds[:1] if reduced else kinds:
        for m, k in sizes if t == "bf16" else sizes[:1]:
            for route in ("dense", "tensor-core"):
                n_of, group = (1, 2) if precision == "tf32" else (2, 4)
                c = {"type": t, "M": m, "K": k, "batch": (), "transposed": False, "bias": False, "activation": "none"}
                weight = {"name": "w", "type": t, "shape": [m, k], "seed": m * 7 + k, "scale": 8 if t == "i8" else 1.0,
                          "keep": [n_of, group]}
                flags = [f"--force-route={route}"] + ([f"--precision={precision}"] if precision else [])
                yield {"name": f"{precision or t} {m}x{k} {'2:4' if route == 'tensor-core' else 'dense'}", "type": t,
                       "out": "i32" if t == "i8" else t, "route": route, "m": m, "k": k, "n": columns,
                       "weights": [weight]}, module(c), {"w": f"nm<{n_of}:{group}>"}, flags


def save(path, tensors):
    """{name: (array, type)}; as lacuna_test's, with bools and references."""
    kinds = {**SAFETENSORS, "i1": "BOOL"}
    header, blobs, at = {}, [], 0
    for name, (array, kind) in tensors.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kinds[kind], "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def save_cases(path, cases):
    tensors = {}
    for number, (inputs, expected, bounds) in enumerate(cases):
        for i, (array, kind) in enumerate(inputs):
            tensors[f"{number}/in{i}"] = (array, kind)
        for i, (value, bound) in enumerate(zip(expected, bounds)):
            tensors[f"{number}/out{i}"] = (np.asarray(value, np.float64), "f64")
            if np.any(bound):
                with np.errstate(all="ignore"):
                    up = np.nextafter(np.asarray(bound, np.float32), np.float32(np.inf))
                tensors[f"{number}/bound{i}"] = (np.broadcast_to(up, value.shape), "f32")
    save(path, tensors)
