# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s %S/Inputs/block.mlir
# REQUIRES: lacuna-run
"""A transformer block with dynamic batch and length in one arena: captured into
a graph on the emulator, which refuses to allocate or wait inside, and replayed
with other data, against float64 computed by NumPy. Arenas and outputs are
poisoned. LACUNA_TEST_SEED repeats a run."""
import math
import os
import subprocess
import sys
import tempfile
import threading

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.device import Device
from lacuna_test.runtime import Model, compile_model
from lacuna_test.types import save

WIDTH, HEADS = 64, 4
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"LACUNA_TEST_SEED={seed}")
rng = np.random.default_rng(seed)


def make_weights():
    shapes = {"qkv": (3 * WIDTH, WIDTH), "out": (WIDTH, WIDTH), "ffn.0": (2 * WIDTH, WIDTH), "ffn.2": (WIDTH, 2 * WIDTH)}
    weights = {}
    for name, shape in shapes.items():
        weights[f"{name}.weight"] = rng.normal(size=shape) / math.sqrt(shape[1])
        weights[f"{name}.bias"] = rng.normal(size=shape[0])
    for name in ("norm1", "norm2"):
        weights[f"{name}.weight"] = rng.normal(size=WIDTH)
        weights[f"{name}.bias"] = rng.normal(size=WIDTH)
    return {name: weight.astype(np.float32) for name, weight in weights.items()}


def reference(weights, hidden, mask):
    w = {name: weight.astype(np.float64) for name, weight in weights.items()}

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    x = hidden.astype(np.float64)
    batch, length, _ = x.shape
    q, k, v = (t.reshape(batch, length, HEADS, -1).transpose(0, 2, 1, 3)
               for t in np.split(linear(norm(x, "norm1"), "qkv"), 3, axis=-1))
    scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(WIDTH // HEADS)
    scores = np.where(mask[:, None, None, :], scores, -1e9)
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = scores / scores.sum(-1, keepdims=True) @ v
    x = x + linear(mixed.transpose(0, 2, 1, 3).reshape(batch, length, WIDTH), "out")
    h = linear(norm(x, "norm2"), "ffn.0")
    h = h * 0.5 * (1 + np.vectorize(math.erf)(h / math.sqrt(2)))
    return x + linear(h, "ffn.2")


def draw(batch, length):
    mask = rng.random((batch, length)) < 0.8
    mask[:, 0] = True
    return rng.normal(size=(batch, length, WIDTH)).astype(np.float32), mask


def close(weights, inputs, actual, tolerance, what):
    expected = reference(weights, *inputs)
    error = np.max(np.abs(actual - expected) / (1 + np.abs(expected)))
    assert error <= tolerance, (what, inputs[0].shape, error)


class Captured:
    """The block on fixed sizes: buffers, a poisoned arena and the graph."""

    def __init__(self, device, batch, length):
        info, self.device = device.model.info, device
        inputs = draw(batch, length)
        self.memory = [device.allocate(a.nbytes) for a in inputs]
        self.result = device.allocate(inputs[0].nbytes)
        self.out = np.empty_like(inputs[0])
        kinds = [info.inputs[i].dtype for i in range(2)]
        self.ins = (type(device.tensor(None, (), kinds[0])) * 2)(
            *[device.tensor(m, a.shape, k) for m, a, k in zip(self.memory, inputs, kinds)])
        self.outs = (type(self.ins[0]) * 1)(device.tensor(self.result, self.out.shape, info.outputs[0].dtype))
        self.size = device.workspace(self.ins)
        self.arena = device.allocate(self.size)

    def run(self):
        self.device.run(self.ins, self.outs, self.arena, self.size)

    def load(self, inputs):
        for memory, array in zip(self.memory, inputs):
            self.device.upload(memory, array)
        self.device.upload(self.result, np.full_like(self.out, np.nan))

    def fetch(self):
        self.device.download(self.out, self.result)
        return self.out.copy()


def check_graph(model, weights, tolerance, points):
    device = Device(model)
    for batch, length in points:
        block = Captured(device, batch, length)
        first = draw(batch, length)
        block.load(first)
        block.run()  # Loads the kernels.
        close(weights, first, block.fetch(), tolerance, "run")
        graph = device.capture(block.run)
        for _ in range(2):
            inputs = draw(batch, length)
            block.load(inputs)
            device.replay(graph)
            replayed = block.fetch()
            close(weights, inputs, replayed, tolerance, "replay")
            block.load(inputs)
            block.run()
            assert np.array_equal(replayed, block.fetch()), "a replay differs from a run"
        device.table.graph_destroy(device.handle, graph)
        # Without the caller's arena the runtime would have to allocate it.
        try:
            device.capture(lambda: device.run(block.ins, block.outs))
        except RuntimeError as error:
            assert f"needs {block.size} bytes" in str(error) and "with an arena" in str(error), error
        else:
            assert False, "the emulator allocated inside a capture"
        print(f"{batch}x{length}: {block.size} bytes")


def check_threads(model, weights, tolerance):
    """Calls at the same time have arenas of their own."""
    draws = [draw(1 + i % 3, 1 + 5 * i) for i in range(6)]
    failures, lock = [], threading.Lock()

    def work(own):
        try:
            for _ in range(3):
                close(weights, own, call(model, own), tolerance, "thread")
        except BaseException as error:  # Shown by the main thread.
            failures.append(error)

    def call(model, own):
        with lock:
            invoke, results = model.prepare(*own)
        invoke()
        return results[0]

    threads = [threading.Thread(target=work, args=(own,)) for own in draws]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def run_tool(folder, device, *arguments, environment=()):
    return subprocess.run(
        ["lacuna-run", f"{folder}/f32.so", "--device", device, "--input", f"hidden={folder}/hidden.npy",
         "--input", f"mask={folder}/mask.npy", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, **dict(environment)})


with tempfile.TemporaryDirectory() as folder:
    weights = make_weights()
    save(f"{folder}/w.safetensors", {name: (weight, "f32") for name, weight in weights.items()})
    compiled = ["--params", f"{folder}/w.safetensors", "--no-cubin"]
    compile_model(sys.argv[1], f"{folder}/f32", *compiled, targets=["cpu", "sm_80"])
    compile_model(sys.argv[1], f"{folder}/bf16", *compiled, "--precision=bf16", targets=["sm_80"])
    emulated = Model(f"{folder}/f32.so", device="emulator:sm_80")
    check_graph(emulated, weights, 2e-5, [(1, 1), (2, 5), (3, 17)])
    check_graph(Model(f"{folder}/bf16.so", device="emulator:sm_80"), weights, 4e-2, [(2, 9)])
    host = Model(f"{folder}/f32.so", device="cpu")
    check_threads(host, weights, 2e-5)
    check_threads(emulated, weights, 2e-5)
    for sizes in ((1, 1), (3, 17), (17, 30)):
        inputs = draw(*sizes)
        close(weights, inputs, host.run(*inputs)[0], 2e-5, "cpu")
    assert host.run(*draw(0, 5)[:2])[0].shape == (0, 5, WIDTH)

    # The tool does the same, and says how much memory is missing.
    inputs = draw(3, 7)
    np.save(f"{folder}/hidden.npy", inputs[0])
    np.save(f"{folder}/mask.npy", inputs[1])
    np.save(f"{folder}/expected.npy", reference(weights, *inputs).astype(np.float32))
    expect = ["--expect", f"{folder}/expected.npy", "--rtol", "1e-4", "--atol", "1e-4"]
    done = run_tool(folder, "emulator:sm_80", "--graph", "--benchmark=2", "--warmup=0", *expect)
    assert done.returncode == 0 and "hidden: matches" in done.stdout and "(2 replays, 0 before" in done.stdout, done.stdout
    done = run_tool(folder, "cpu", "--graph")
    assert done.returncode == 1 and "--graph needs a GPU, but the device is 'cpu'" in done.stdout, done.stdout
    needed = Captured(Device(emulated), 3, 7).size
    there = sum(weight.nbytes for weight in weights.values()) + needed - 1
    done = run_tool(folder, "emulator:sm_80", environment={"LACUNA_EMULATOR_MEMORY": str(there)}.items())
    message = f"needs {needed} bytes for its temporaries (its arena), 'emulator:sm_80' has {there} bytes of memory"
    assert done.returncode == 3 and message in done.stdout, done.stdout
print("done")
