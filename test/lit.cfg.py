# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Configuration of the test suite. Every build writes a lit.site.cfg.py that
# sets the paths and loads this file; `lit test/IR/nm.mlir` run on its own
# finds the build of `--param preset=...` (default: release) by itself.
import os
import platform
import re
import shutil
import sys

import lit.formats

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(here)
params = lit_config.params

if not hasattr(config, "lacuna_build"):
    preset = params.get("preset", "release")
    site = f"{root}/.lacuna/build/{preset}/test/lit.site.cfg.py"
    if not os.path.exists(site):
        lit_config.fatal(f"no build found at {site}: run `tools/dev build` first")
    lit_config.load_config(config, site)
    raise SystemExit


def on(name):
    return params.get(name, "0") not in ("0", "", "off")


config.name = "Lacuna"
config.suffixes = [".mlir", ".test", ".py", ".ll"]
config.excludes = ["Inputs", "lacuna_test", "CMakeLists.txt", "lit.cfg.py", "lit.site.cfg.py"]
config.test_source_root = here
config.test_exec_root = f"{config.lacuna_build}/test"

# The second pass over the suites of IR: each module that lacuna-opt reads is
# also printed and parsed again, as text and as bytecode.
roundtrip = on("roundtrip")
if roundtrip:
    config.name = "Lacuna (roundtrip)"
    config.test_exec_root += "/roundtrip"
    config.suffixes = [".mlir"]
    config.excludes += ["Docs", "Emulator", "Import", "Integration", "Packing", "Runtime", "Tools", "Unit"]
config.test_format = lit.formats.ShTest()

bin_dir = f"{config.lacuna_build}/bin"
cuda = f"{root}/.lacuna/cuda"
config.environment["PATH"] = os.pathsep.join(
    [bin_dir, config.llvm_bin, f"{cuda}/bin", os.environ.get("PATH", "")])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --allow-unused-prefixes=false"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
config.environment["PYTHONPATH"] = here
config.environment["LACUNA_BUILD"] = config.lacuna_build
# NaN where a model reads a temporary that it has not written.
config.environment["LACUNA_POISON_ARENA"] = "1"
for name in ("LACUNA_TEST_SEED", "LACUNA_TEST_LONG", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# CUDA C++ needs a compiler of the host, too: gcc or else the build's own, which
# is newer than those that nvcc knows.
nvcc = f"{cuda}/bin/nvcc" + ("" if shutil.which("gcc") else f" -ccbin {config.cxx} -allow-unsupported-compiler")

# LLVM's own libraries are not sanitized: its templates poison memory here that
# its functions use there. Python and what it starts see leaks that are not ours.
preload = ""
if config.sanitize:
    config.environment.setdefault(
        "ASAN_OPTIONS", "allow_user_poisoning=0:verify_asan_link_order=0:allocator_may_return_null=1")
    config.environment["UBSAN_OPTIONS"] = config.environment.get("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    preload = (f"env LD_PRELOAD={config.sanitizer_runtime} "
               f"ASAN_OPTIONS={config.environment['ASAN_OPTIONS']}:detect_leaks=0 ")

torch_python = f"{root}/.lacuna/venv-torch/bin/python"
minilm_python = f"{root}/.lacuna/venv-minilm/bin/python"
opt = f"{bin_dir}/lacuna-opt" + (" --verify-roundtrip" if roundtrip else "")
config.substitutions += [
    (r"(?<![\w./%-])lacuna-opt(?![\w./-])", opt),
    ("%torch_python", preload + torch_python),  # PyTorch and what lacuna-import needs
    ("%minilm_python", preload + minilm_python),  # NumPy, a tokenizer, all-MiniLM-L6-v2
    ("%python", preload + sys.executable),  # NumPy; the oracle of the numeric tests
    ("%nvcc", nvcc),
    ("%cuda", cuda),  # the CUDA toolkit that set-up found or installed
    ("%lacuna_build", config.lacuna_build),
    ("%mlir_libs", f"{config.llvm_bin}/../lib"),  # upstream's runner libraries
    ("%lacuna_src", root),
    ("%cxx", config.cxx),
    ("%cc", config.cc),
]

# What a test may ask for with REQUIRES.
features = config.available_features
features.add(config.build_type.lower())
features.add(platform.machine())
if on("long"):
    features.add("long")
if on("torch") and os.path.exists(torch_python):
    features.add("torch")
if os.path.exists(f"{root}/.lacuna/venv-minilm/.stamp"):
    features.add("minilm")
if os.path.exists(f"{cuda}/bin/ptxas"):
    features.add("ptxas")
    config.environment["CUDA_HOME"] = cuda
if os.path.exists(f"{cuda}/bin/nvcc"):
    features.add("nvcc")
if os.path.exists(f"{bin_dir}/lacuna-run"):
    features.add("lacuna-run")
if config.sanitize:
    features.add("sanitizer")
if os.path.exists("/proc/cpuinfo"):
    with open("/proc/cpuinfo") as f:
        flags = re.search(r"^(?:flags|Features)\s*:(.*)$", f.read(), re.M)
    features.update(flags.group(1).split() if flags else [])
