# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds a preset with CMake and Ninja, and formats C++."""
import os
import shutil
import subprocess

from .console import ROOT, STATE, Failure, digest, say, stamp, stamped, step

PRESETS = ["release", "debug", "asan", "strict"]
CPP = ["*.c", "*.cpp", "*.h"]
BYTES_PER_JOB = 1.5e9


def build_folder(preset):
    return os.path.join(STATE, "build", preset)


def jobs():
    """One job a core, as far as memory goes."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), int(memory / BYTES_PER_JOB)))


def cache_settings():
    """Compiler cache: the user's where one is set, else one of the project."""
    settings = {"CCACHE_BASEDIR": ROOT, "CCACHE_NOHASHDIR": "1",
                "CCACHE_SLOPPINESS": "pch_defines,time_macros,include_file_mtime,include_file_ctime"}
    if "CCACHE_DIR" not in os.environ:
        settings["CCACHE_DIR"] = os.path.join(STATE, "ccache")
    return settings


def configure(preset, env):
    folder = build_folder(preset)
    with open(os.path.join(ROOT, "CMakePresets.json"), "rb") as file:
        wanted = digest(file.read(), ROOT)
    mark = os.path.join(folder, "configured.stamp")
    if stamped(mark, wanted) and os.path.exists(os.path.join(folder, "build.ninja")):
        return
    shutil.rmtree(folder, ignore_errors=True)
    step(f"Configuring the {preset} build", ["cmake", "--preset", preset],
         f"configure-{preset}", env=env)
    stamp(mark, wanted)


def build(preset="release", targets=()):
    env = cache_settings()
    configure(preset, env)
    command = ["ninja", "-C", build_folder(preset), f"-j{jobs()}", *targets]
    # A build with nothing to do stays silent.
    shown = subprocess.run([*command, "-n"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, env={**os.environ, **env})
    if shown.returncode == 0 and "no work to do" in shown.stdout:
        return
    step(f"Building the {preset} preset", command, f"build-{preset}", env=env)


def tracked_cpp():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *CPP]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return [f for f in listed.stdout.splitlines() if os.path.exists(os.path.join(ROOT, f))]


def format_sources(check):
    """Rewrites C and C++ in LLVM's style, or names the files that differ."""
    program = shutil.which("clang-format-22") or "/usr/lib/llvm-22/bin/clang-format"
    if not os.path.exists(program):
        raise Failure("clang-format-22 is missing: run `tools/dev setup`")
    files = tracked_cpp()
    if not check:
        subprocess.run([program, "-i", *files], cwd=ROOT, check=True)
        return say(f"formatted {len(files)} files")
    found = subprocess.run([program, "--dry-run", "--Werror", *files], cwd=ROOT,
                           stderr=subprocess.PIPE, text=True)
    if found.returncode:
        differ = sorted({line.split(":")[0] for line in found.stderr.splitlines()
                         if "clang-format-violations" in line})
        raise Failure(f"{len(differ)} files are not in LLVM's style, run `tools/dev format`: "
                      + " ".join(differ))
    say(f"{len(files)} files are in LLVM's style")
