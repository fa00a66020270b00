# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a reduced bundle as its user would, and breaks it: see bundle.test."""
import json
import os
import re
import subprocess
import sys

import numpy as np

bundle, fake = sys.argv[1:]
seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
print(f"LACUNA_TEST_SEED={seed}")


def run(*arguments, **environment):
    """Without any variable, and in no folder of ours."""
    done = subprocess.run([f"{bundle}/run.sh", *arguments], cwd="/", env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def report(device):
    with open(f"{bundle}/results/{device}/report.json") as file:
        return json.load(file)


def expect(found, status, *texts):
    assert found[0] == status, f"exit status {found[0]}, expected {status}:\n{found[1]}"
    for text in texts:
        assert text in found[1], f"expected '{text}' in:\n{found[1]}"


def names(part, status):
    return [entry["name"] for entry in report("emulator-sm_80").get(part, []) if entry["status"] == status]


class Changed:
    """A file of the bundle, with a change for a while."""

    def __init__(self, path, change):
        self.path = os.path.join(bundle, path)
        with open(self.path, "rb") as file:
            self.data = file.read()
        self.new = change(self.data)
        assert self.new != self.data, path

    def write(self, data):
        with open(self.path, "wb") as file:
            file.write(data)

    def __enter__(self):
        self.write(self.new)

    def __exit__(self, *_):
        self.write(self.data)


EMULATOR = "--device=emulator:sm_80"
size = sum(os.path.getsize(os.path.join(base, name)) for base, _, all in os.walk(bundle) for name in all)
assert size < 50_000_000, size
with open(f"{bundle}/bundle.json") as file:
    contents = json.load(file)

# Everything passes on the emulator.
expect(run(EMULATOR, f"--seed={seed}"), 0, " 0 failed")
found = report("emulator-sm_80")
assert found["result"] == "passed" and found["failed"] == 0 and found["seed"] == seed
assert found["device"]["architecture"] == "sm_80"
assert len(found["tests"]) == len(contents["tests"]) == 3
by_group = {entry["group"]: entry for entry in found["tests"]}
assert set(by_group) == {"contractions", "row operations", "models"}
for entry in found["tests"]:
    assert entry["elements"] > 0 and 0 <= entry["max_error_of_bound"] <= 1, entry
for group in ("contractions", "models"):
    assert by_group[group]["executed"]["mma.sp"] > 0, by_group[group]
assert by_group["row operations"]["max_abs_error"] > 0  # It is computed in f32.
probes = {entry["name"]: entry for entry in found["probes"]}
assert {f"{name}.ptx" for name in probes} == set(os.listdir(f"{bundle}/probes"))
for part in ("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "mma.sync.aligned.m16n8k64.row.col.satfinite.s32.u4.s4.s32",
             "mma.sp.ordered_metadata.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32-selector3",
             "mma.sp.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32-selector1", "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16",
             "cp.async.cg-16-group", "ex2.approx.ftz.f32"):
    assert probes[part]["status"] == "passed" and probes[part]["outputs"] >= 256, part
# stmatrix and the larger f64 shapes are of sm_90.
skipped = names("probes", "skipped")
assert len(skipped) == 9 and all("stmatrix" in name or "f64" in name for name in skipped), skipped
with open(f"{bundle}/results/emulator-sm_80/golden.safetensors", "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
assert header["__metadata__"]["seed"] == str(seed)
assert header["tanh.approx.f32/out"]["shape"] == [8, 1, 32]
assert not any("s32" in name for name in header)

# The form of times, which are the host's here.
expect(run(EMULATOR, "--only=benchmarks", "--samples=2", "--rotation=0"), 0, "4 passed", "TFLOP/s")
for entry in report("emulator-sm_80")["benchmarks"]:
    times = entry["microseconds"]
    assert times["samples"] == 2 and 0 < times["min"] <= times["median"] <= times["p90"], entry
    assert entry["cuBLAS"]["status"].startswith("not run"), entry
    kernels = entry["kernels"]
    assert len({kernel["name"] for kernel in kernels}) == len(kernels) > 0, entry
    for kernel in kernels:  # In each of two sweeps, over two copies.
        assert kernel["launches"] > 0 and kernel["microseconds"]["samples"] == 4, entry
        assert kernel["microseconds"]["median"] > 0, entry

# What is wrong is found, and named: a reference, a kernel in an artifact, a
# probe, a file that is not there, an artifact that is cut short.
softmax = next(entry for entry in contents["tests"] if entry["group"] == "row operations")
sparse = next(entry for entry in contents["tests"] if entry["group"] == "contractions")


def negated(data):
    """The first reference of a file of cases with the other sign."""
    size = 8 + int.from_bytes(data[:8], "little")
    last = size + json.loads(data[8:size])["0/out0"]["data_offsets"][0] + 7
    return data[:last] + bytes([data[last] ^ 0x80]) + data[last + 1:]


def other_selector(data):
    return re.sub(rb"(mma\.sp[^;]*[ \t])0;", rb"\g<1>1;", data)


with Changed(softmax["cases"], negated):
    expect(run(EMULATOR, "--only=tests"), 1, f"FAILED: {softmax['name']}", "elements are wrong", "2 passed, 1 failed")
    assert names("tests", "failed") == [softmax["name"]]
    assert report("emulator-sm_80")["result"] == "failed"
with Changed(sparse["model"], other_selector):
    expect(run(EMULATOR, "--only=tests"), 1, f"FAILED: {sparse['name']}", "2 passed, 1 failed")
with Changed(sparse["model"], lambda data: data[:2000]):
    expect(run(EMULATOR), 2, "the bundle is not whole", "has 2000 bytes, expected")
name = "mma.sp.ordered_metadata.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32-selector0"
with Changed(f"probes/{name}.ptx", other_selector):
    expect(run(EMULATOR, "--only=probes", "--filter=mma.sp"), 1, f"FAILED: {name}\n")
    assert names("probes", "failed") == [name]
with Changed("probes/mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32.ptx", lambda data: data.replace(b"%i0, %i1,", b"%i1, %i0,")):
    expect(run(EMULATOR, "--only=probes", "--filter=m16n8k16.row.col.f32.f16"), 1, "outputs are wrong, the first in warp 0")
os.rename(f"{bundle}/probes/cp.async.ca-4-all.ptx", f"{bundle}/aside")
expect(run(EMULATOR), 2, "the bundle is not whole", "cp.async.ca-4-all.ptx' cannot be read: No such file")
os.rename(f"{bundle}/aside", f"{bundle}/probes/cp.async.ca-4-all.ptx")
with Changed("bundle.json", lambda data: data[:100]):
    expect(run(EMULATOR), 2, "bundle.json' is damaged")

# Bad use.
expect(run("--device=tpu"), 2, "--device=tpu: expected cuda")
expect(run("--samples=0"), 2, "expected a number from 1")
expect(run("--only=tests,luck"), 2, "there is no 'luck'")
expect(run(EMULATOR, "--filter=no such thing"), 2, "nothing has 'no such thing' in its name")
expect(run("--list"), 0, f"test: {softmax['name']}", "probe: tanh.approx.f32", "benchmark: bf16")

# No driver; a driver without a GPU; too old ones.
FAKE = {"LD_LIBRARY_PATH": fake}
if not any(os.path.exists(f"{folder}/libcuda.so.1") for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")):
    expect(run(), 3, "found no NVIDIA driver on this machine", "--device=emulator")
    assert report("cuda")["result"] == "no GPU"
expect(run(**FAKE), 3, "found no GPU on this machine", "(CUDA 13.0) has no device")
assert report("cuda")["result"] == "no GPU"
expect(run("--device=cuda:1", LACUNA_FAKE_GPUS="1", **FAKE), 3, "found no GPU 'cuda:1': this machine has 1")
expect(run(LACUNA_FAKE_GPUS="1", LACUNA_FAKE_DRIVER="12020", **FAKE), 4, "it knows CUDA 12.2", "PTX 8.5", "CUDA 12.5 or later")
assert report("cuda")["result"] == "unsuitable GPU"
expect(run(LACUNA_FAKE_GPUS="1", LACUNA_FAKE_MAJOR="7", **FAKE), 4, "Fake GPU is sm_70", "sm_80")

# A GPU that computes nothing fails everything. The libraries, which do compute
# there, show that they are called with the right operands.
expect(run("--samples=2", "--rotation=0", LACUNA_FAKE_GPUS="1", **FAKE), 1, "FAILED: 0 passed", "Fake GPU, sm_90a")
found = report("cuda")
assert found["device"]["driver"] == "CUDA 13.0"
assert found["libraries"] == {"cuBLAS": "cuBLAS 13.0.0", "cuSPARSELt": "cuSPARSELt 0.8.1"}, found["libraries"]
assert len(found["benchmarks"]) == 4
for entry in found["benchmarks"]:
    for library in ("cuBLAS", "cuSPARSELt"):
        assert entry[library]["status"] == "passed", entry
        assert entry[library]["microseconds"]["median"] == 1000, entry  # The fake's clock, over two copies.
for part in ("tests", "probes", "benchmarks"):
    assert found[part] and all(entry["status"] == "failed" for entry in found[part]), part
