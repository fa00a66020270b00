# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes a bundle, the folder that run.sh runs on a machine with a GPU, from the
compiler and the target lacuna-bundle of a build. `tools/dev bundle` calls it."""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import cases

LIMIT = 50_000_000
PROGRAMS = ["bin/lacuna-bundle", "bin/lacuna-run", "lib/liblacuna_runtime.so.1", "lib/liblacuna_emulator.so.1"]
# What every Linux has, with our own.
LIBRARIES = re.compile(r"lib(c|m|dl|pthread|rt)\.so\.\d+|ld-linux-x86-64\.so\.2|liblacuna_runtime\.so\.1")
# The first CUDA of a version of PTX ("Release Notes" of the PTX ISA).
CUDA_OF_PTX = {(7, n): "12.0" for n in range(9)} | {
    (8, 0): "12.0", (8, 1): "12.1", (8, 2): "12.2", (8, 3): "12.3", (8, 4): "12.4", (8, 5): "12.5", (8, 6): "12.7",
    (8, 7): "12.8", (8, 8): "12.9", (9, 0): "13.0"}


class Failure(Exception):
    pass


def call(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout.strip()[-3000:]}")
    return done.stdout


def version(text):
    return tuple(int(part) for part in text.split("."))


def check_program(path, readelf):
    """The glibc that it needs; an error where it needs other libraries."""
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]|NEEDED\s+Shared library: \[(.*)\]", call(readelf, "-d", path))
    for names in needed:
        name = "".join(names)
        if not LIBRARIES.fullmatch(name):
            raise Failure(f"{path} needs {name}: expected only what every Linux has")
    found = re.findall(r"GLIBC_(\d+\.\d+)", call(readelf, "-V", path))
    return max(map(version, found), default=(2, 17))


def copy_programs(options):
    glibc = (2, 17)
    for name in PROGRAMS:
        target = os.path.join(options.out, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.realpath(os.path.join(options.build, "bundle", name)), target)
        os.chmod(target, 0o755)
        call(options.strip, "--strip-all" if name.startswith("bin/") else "--strip-unneeded", target)
        glibc = max(glibc, check_program(target, options.readelf))
    return glibc


def compile_to(options, folder, text, flags, layouts=None, params=None):
    """folder/model.so and, where weights are given, folder/model.safetensors."""
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "model.mlir")
        with open(source, "w") as file:
            file.write(text)
        command = [os.path.join(options.build, "bin/lacuna-compile"), source, "--target=sm_80", "--target=sm_90a", "--no-cubin", "--cpu=x86-64",
                   "-o", os.path.join(folder, "model"), *flags]
        if layouts:
            rules = os.path.join(scratch, "rules.json")
            with open(rules, "w") as file:
                json.dump(layouts, file)
            command += ["--layouts", rules]
        if params:
            path = os.path.join(scratch, "w.safetensors")
            cases.save(path, params)
            command += ["--params", path]
        call(*command)
    header = os.path.join(folder, "model.h")
    if os.path.exists(header):
        os.unlink(header)
    check_program(os.path.join(folder, "model.so"), options.readelf)


def make_test(options, number, test):
    place = f"tests/{number:03d}-" + re.sub(r"[^a-z0-9.]+", "-", test.name.lower())[:60].strip("-")
    folder = os.path.join(options.out, place)
    os.makedirs(folder)
    compile_to(options, folder, test.text, test.flags, test.layouts, test.weights)
    cases.save_cases(os.path.join(folder, "cases.safetensors"), test.cases)
    entry = {"name": test.name, "group": test.group, "model": f"{place}/model.so", "cases": f"{place}/cases.safetensors",
             "num_cases": len(test.cases), "uses": test.uses}
    if test.generated:
        entry["weights"] = test.generated
    elif os.path.exists(os.path.join(folder, "model.safetensors")):
        entry["params"] = f"{place}/model.safetensors"
    return entry


def make_benchmark(options, number, entry, text, layouts, flags):
    place = f"benchmarks/{number:02d}"
    folder = os.path.join(options.out, place)
    os.makedirs(folder)
    compile_to(options, folder, text, flags, layouts)
    return {**entry, "model": f"{place}/model.so"}


def make_all(options):
    """The entries of bundle.json, in order; a few at a time."""
    rng = np.random.default_rng(options.seed)
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, make in enumerate(cases.tests(rng, options.reduced)):
            jobs.append(("tests", pool.submit(make_test, options, number, make())))
        for number, benchmark in enumerate(cases.benchmarks(options.reduced)):
            jobs.append(("benchmarks", pool.submit(make_benchmark, options, number, *benchmark)))
        result = {"tests": [], "benchmarks": []}
        for done, (part, job) in enumerate(jobs, 1):
            result[part].append(job.result())
            print(f"{done} of {len(jobs)}: {result[part][-1]['name']}", flush=True)
    return result


def ptx_version(folder):
    """The highest version of all PTX in the folder."""
    found = {(7, 0)}
    for base, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".ptx", "model.so")):
                with open(os.path.join(base, name), "rb") as file:
                    found |= {version(v.decode()) for v in re.findall(rb"^\.version (\d+\.\d+)$", file.read(), re.M)}
    return max(found)


def fill(name, target, values):
    with open(os.path.join(HERE, name)) as file:
        text = re.sub(r"@([A-Z]+)@", lambda match: str(values[match.group(1)]), file.read())
    with open(target, "w") as file:
        file.write(text)


def files_of(folder):
    return sorted(os.path.join(base, name) for base, _, names in os.walk(folder) for name in names)


def producer():
    shown = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
    return "lacuna " + (shown.stdout.strip() or "without git")


def make(options):
    shutil.rmtree(options.out, ignore_errors=True)
    os.makedirs(options.out)
    glibc = copy_programs(options)
    call(os.path.join(options.out, "bin/lacuna-bundle"), f"--write-probes={options.out}/probes")
    contents = make_all(options)
    ptx = ptx_version(options.out)
    values = {"GLIBC": ".".join(map(str, glibc)), "PTX": ".".join(map(str, ptx)), "CUDA": CUDA_OF_PTX[ptx],
              "TESTS": len(contents["tests"])}
    files = {os.path.relpath(path, options.out): os.path.getsize(path) for path in files_of(options.out)}
    with open(os.path.join(options.out, "bundle.json"), "w") as file:
        json.dump({"version": 1, "producer": producer(), "seed": options.seed, "ptx": values["PTX"],
                   "cuda": values["CUDA"], "glibc": values["GLIBC"], **contents, "files": files}, file, indent=1)
    fill("run.sh", os.path.join(options.out, "run.sh"), values)
    os.chmod(os.path.join(options.out, "run.sh"), 0o755)
    fill("README.md", os.path.join(options.out, "README.md"), values)
    shutil.copy(os.path.join(ROOT, "LICENSE"), options.out)
    size = sum(map(os.path.getsize, files_of(options.out)))
    if size > LIMIT:
        raise Failure(f"{options.out} has {size:,} bytes, expected at most {LIMIT:,}: leave out samples in cases.py")
    archive = options.out + ".tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(options.out, arcname=os.path.basename(options.out))
    print(f"{options.out}: {len(contents['tests'])} tests, {len(contents['benchmarks'])} benchmarks, {size:,} bytes; "
          f"packed {os.path.getsize(archive):,} bytes; needs glibc {values['GLIBC']}, a driver of CUDA {values['CUDA']} "
          f"(PTX {values['PTX']})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="folder of a build")
    parser.add_argument("--out", required=True, type=os.path.abspath, help="the folder; it is replaced")
    parser.add_argument("--reduced", action="store_true", help="one test of each kind")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--strip", default="llvm-strip-22")
    parser.add_argument("--readelf", default="llvm-readelf-22")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    try:
        make(options)
    except (Failure, OSError) as failure:
        sys.exit(f"bundle: error: {failure}")


if __name__ == "__main__":
    main()
