# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmarks of single operations share: peers, models of one matmul,
random n:m weights, and timing in turns."""
import ctypes
import itertools
import json
import os
import pathlib
import re
import statistics
import sys
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "Integration"))


def cpu_name():
    with open("/proc/cpuinfo") as f:
        text = f.read()
    name = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    best = "AVX-512" if "avx512f" in text else "AVX2" if "avx2" in text else "no AVX2"
    return f"{name.group(1) if name else 'unknown CPU'}, {best}, {os.cpu_count()} cores"


def last_cache_bytes():
    """Size of the largest cache of core 0; 0 where Linux does not tell."""
    sizes = [0]
    for path in pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        number, unit = re.fullmatch(r"(\d+)([KM]?)", path.read_text().strip()).groups()
        sizes.append(int(number) * {"": 1, "K": 2**10, "M": 2**20}[unit])
    return max(sizes)


def time_alternating(calls, rounds=5, seconds=0.06, summary=statistics.median):
    """`summary` of the seconds of each call, the calls taking turns so that
    whatever else the machine does falls on all of them alike. Idle threads of one
    library look for work for some milliseconds before they sleep, on the cores that
    another one needs: a turn begins with a pause."""
    samples = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, samples):
            time.sleep(0.03)
            call()
            end = time.perf_counter() + seconds
            taken = 0
            while time.perf_counter() < end or taken < 3:
                start = time.perf_counter()
                call()
                times.append(time.perf_counter() - start)
                taken += 1
    return [summary(times) for times in samples]


def rotate(calls):
    """One call of all of them in turn."""
    following = itertools.cycle(calls)
    return lambda: next(following)()


class OneDNN:
    """Row-major sgemm of libdnnl. Its threads are OpenMP's: set before it loads."""

    def __init__(self):
        for name in ("libdnnl.so.3", "libdnnl.so.2"):
            try:
                self.lib = ctypes.CDLL(name)
                break
            except OSError:
                continue
        else:
            raise OSError("oneDNN is not installed (Debian: apt-get install libdnnl2)")
        self.name = name

    def gemm(self, transpose_b, m, n, k, a, b, c):
        i64, f32 = ctypes.c_int64, ctypes.c_float
        pointers = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]

        def call():
            status = self.lib.dnnl_sgemm(
                ctypes.c_char(b"N"), ctypes.c_char(b"T" if transpose_b else b"N"), i64(m), i64(n), i64(k), f32(1),
                pointers[0], i64(k), pointers[1], i64(k if transpose_b else n), f32(0), pointers[2], i64(n))
            assert status == 0, status

        return call


def linear(rows, depth):
    """y[N, rows] = x[N, depth] W[rows, depth]^T with dynamic N."""
    return f"""
ml_program.global private @w(#ml_program.extern : tensor<{rows}x{depth}xf32>) : tensor<{rows}x{depth}xf32>
func.func @main(%x: tensor<?x{depth}xf32>) -> tensor<?x{rows}xf32> {{
  %w = ml_program.global_load_const @w : tensor<{rows}x{depth}xf32>
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x{depth}xf32>
  %e = tensor.empty(%n) : tensor<?x{rows}xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x{rows}xf32>) -> tensor<?x{rows}xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>,
                                      affine_map<(n, m, k) -> (n, m)>]
    ins(%x, %w : tensor<?x{depth}xf32>, tensor<{rows}x{depth}xf32>) outs(%f : tensor<?x{rows}xf32>) -> tensor<?x{rows}xf32>
  return %y : tensor<?x{rows}xf32>
}}
"""


def linears(rows, depth, count):
    """The same for weights w0, w1, ... in functions main, main1, ..., which share
    their code and, in a session, their scratch memory, as layers of a network do."""
    return "".join(linear(rows, depth).replace("@w", f"@w{i}").replace("@main", function_name(i)) for i in range(count))


def function_name(i):
    return f"@main{i or ''}"


def build_linears(directory, weight, rule, count, *arguments):
    """An artifact of `count` copies of `weight`; `rule` is its layout, or None."""
    path = build(directory, linears(*weight.shape, count), {f"w{i}": (weight, "f32") for i in range(count)},
                 rule and {f"w{i}": rule for i in range(count)}, *arguments)
    (directory / "w.safetensors").unlink()
    return path


def prepare_linears(model, count, x, rows):
    """Calls of the functions of such a model on x, and the result of each."""
    from lacuna_test.runtime import DLTensor, FunctionInfo
    calls, results = [], []
    for i in range(count):
        function = function_name(i)[1:].encode()
        info = FunctionInfo()
        model.check(model.lib.lacuna_model_function(model.model, function, ctypes.byref(info)))
        y = np.empty((len(x), rows), np.float32)
        model.keep = []
        ins = (DLTensor * 1)(model.tensor(x, info.inputs[0].dtype))
        outs = (DLTensor * 1)(model.tensor(y, info.outputs[0].dtype))

        def call(function=function, ins=ins, outs=outs, keep=model.keep):
            model.check(model.lib.lacuna_session_run(model.session, function, ins, ctypes.c_size_t(1), outs,
                                                     ctypes.c_size_t(1), None))

        calls.append(call)
        results.append(y)
    return calls, results


def prune_at_random(rng, shape, n, m):
    """Normal values, n of every m in a row kept, which ones at random."""
    groups = (shape[0], shape[1] // m, m)
    kept = rng.random(groups, dtype=np.float32).argsort(axis=2) < n
    return np.where(kept, rng.standard_normal(groups, dtype=np.float32), np.float32(0)).reshape(shape)


def build(directory, text, weights=None, rules=None, *arguments):
    """Compiles `text` into `directory`, which is made; gives the artifact's path."""
    from lacuna_test.runtime import compile_model
    from lacuna_test.types import save
    directory.mkdir(exist_ok=True)
    source = directory / "m.mlir"
    source.write_text(text)
    arguments = list(arguments)
    if weights:
        save(directory / "w.safetensors", weights)
        arguments += ["--params", directory / "w.safetensors"]
    if rules:
        (directory / "rules.json").write_text(json.dumps(rules))
        arguments += ["--layouts", directory / "rules.json"]
    compile_model(source, directory / "m", *arguments)
    return directory / "m.so"


def load_model(path, threads):
    from lacuna_test.runtime import Model
    params = path.with_suffix(".safetensors")
    return Model(path, [params] if params.exists() else [], threads)


def plural(threads):
    return f"{threads} thread{'s' * (threads > 1)}"
