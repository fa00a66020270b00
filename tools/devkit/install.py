# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Set-up: Debian packages, the Python environments, the CUDA toolkit.

Everything that is not a Debian package is put under .lacuna and stamped with
the hash of what determined it, so that a second run only compares stamps.
"""
import os
import re
import shutil
import subprocess
import sys
import time

from .console import (ROOT, STATE, Failure, digest, first_error, relative, say, stamp,
                      stamped, step)

PACKAGES = """
    ca-certificates ccache clang-22 clang-format-22 cmake libbenchmark-dev
    libclang-rt-22-dev libdlpack-dev libgtest-dev libmlir-22-dev lld-22
    llvm-22-dev llvm-22-tools mlir-22-tools ninja-build nlohmann-json3-dev
    python3 python3-venv zlib1g-dev
""".split()
# What stands for them on a system without dpkg.
PROGRAMS = "ccache clang++-22 clang-format-22 cmake ninja mlir-opt-22 ld.lld-22".split()
SECURITY = "deb http://deb.debian.org/debian-security bookworm-security main\n"
ATTEMPTS = 3


def missing_packages():
    if not shutil.which("dpkg-query"):
        return [program for program in PROGRAMS if not shutil.which(program)]
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *PACKAGES],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    have = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [package for package in PACKAGES if package not in have]


def system_name():
    try:
        with open("/etc/os-release") as file:
            found = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', file.read(), re.M))
        return found.get("ID", ""), found.get("PRETTY_NAME", "an unknown system")
    except OSError:
        return "", "an unknown system"


def available(options, packages):
    """Whether apt knows a version of each package."""
    shown = subprocess.run(["apt-cache", *options, "policy", *packages], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True).stdout
    known = re.findall(r"^(\S+):\n\s+Installed:.*\n\s+Candidate: (?!\(none\))\S", shown, re.M)
    return [package for package in packages if package not in known]


def apt_update(options, title):
    """Refreshes apt's lists. Some other archive of the system may fail without
    harm, so what counts is whether the packages are known afterwards."""
    command = ["apt-get", *options, "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300",
               "-o", "APT::Update::Error-Mode=any", "update"]
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(5)
        if step(title, command, "apt", check=False) == 0:
            return None
    return first_error("apt")


def with_security_source():
    """Options that add Debian's security archive, where LLVM 22 is, for one
    command of apt; the system's own list of sources stays as it is."""
    folder = os.path.join(STATE, "apt")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    parts = "/etc/apt/sources.list.d"
    for name in os.listdir(parts) if os.path.isdir(parts) else []:
        os.symlink(os.path.join(parts, name), os.path.join(folder, name))
    with open(os.path.join(folder, "lacuna-security.list"), "w") as file:
        file.write(SECURITY)
    return ["-o", f"Dir::Etc::SourceParts={folder}"]


def install_packages():
    missing = missing_packages()
    if not missing:
        return
    names = " ".join(missing)
    kind, pretty = system_name()
    if not shutil.which("apt-get") or kind != "debian":
        raise Failure(f"set-up installs packages on Debian 12 only and this is {pretty}: "
                      f"install by hand what corresponds to: {names}")
    if os.geteuid() != 0:
        raise Failure("Debian packages are missing and installing them needs root: "
                      f"run `apt-get install {names}` as root once")
    options, error = [], None
    if available(options, missing):
        error = apt_update(options, "Updating the list of Debian packages")
    if available(options, missing):
        options = with_security_source()
        error = apt_update(options, "Updating the list of packages, with Debian's security archive")
    unknown = available(options, missing)
    if unknown:
        raise Failure(f"apt-get finds no {' '.join(unknown)} on {pretty}: "
                      f"{error or 'expected Debian 12 with bookworm-security'}; "
                      "full log: .lacuna/logs/apt.log")
    title = f"Installing {len(missing)} Debian packages"
    command = ["apt-get", *options, "-y", "--no-install-recommends", "-o", "Acquire::Retries=3",
               "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", "install", *missing]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    if step(title, command, "apt", env=env, check=False, append=True):
        # The lists may be older than what the archive still has.
        apt_update(options, "Updating the list of Debian packages")
        step(title, command, "apt", env=env, append=True)


def python_environment(folder, requirements, title, options=()):
    """A virtual environment under .lacuna with pinned packages; `options` are
    pip's."""
    place = os.path.join(STATE, folder)
    try:
        with open(requirements, "rb") as file:
            wanted = digest(file.read(), sys.version, place)
    except OSError:
        raise Failure(f"{relative(requirements)} is missing: it pins what {title} needs")
    mark = os.path.join(place, ".stamp")
    if stamped(mark, wanted):
        return
    if sys.version_info < (3, 11):
        raise Failure(f"Python 3.11 or newer is needed, found {sys.version.split()[0]}")
    shutil.rmtree(place, ignore_errors=True)
    step(f"Making .lacuna/{folder}", [sys.executable, "-m", "venv", place], folder)
    pip = [os.path.join(place, "bin", "python"), "-m", "pip", "--disable-pip-version-check",
           "install", "--retries", "5", "--progress-bar", "off", *options, "-r", requirements]
    step(f"Installing {title}", pip, folder, append=True)
    stamp(mark, wanted)


def local_python():
    python_environment("venv", os.path.join(ROOT, "tools/devkit/requirements.txt"),
                       "lit and NumPy into .lacuna/venv")


def torch_python():
    python_environment("venv-torch", os.path.join(ROOT, "tools/lacuna-import/requirements.txt"),
                       "PyTorch and torch-mlir (5 GB) into .lacuna/venv-torch")


def minilm_python():
    python_environment("venv-minilm", os.path.join(ROOT, "tools/minilm/requirements.txt"),
                       "all-MiniLM-L6-v2 and a tokenizer (87 MB) into .lacuna/venv-minilm",
                       ["--no-deps"])


def is_toolkit(folder):
    """A CUDA toolkit of the 13 line with all that Lacuna reads of it."""
    parts = ["bin/ptxas", "include/cuda.h", "nvvm/libdevice/libdevice.10.bc"]
    if not all(os.path.exists(os.path.join(folder, part)) for part in parts):
        return False
    shown = subprocess.run([os.path.join(folder, "bin/ptxas"), "--version"],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    release = re.search(r"release (\d+)\.", shown)
    return bool(release) and int(release.group(1)) >= 13


def installed_toolkit():
    ptxas = shutil.which("ptxas")
    for folder in (os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"),
                   ptxas and os.path.dirname(os.path.dirname(os.path.realpath(ptxas))),
                   "/usr/local/cuda"):
        if folder and is_toolkit(folder):
            return os.path.realpath(folder)
    return None


def cuda_toolkit():
    """.lacuna/cuda: a link to the installed toolkit or to what PyPI has."""
    link = os.path.join(STATE, "cuda")
    requirements = os.path.join(ROOT, "tools/devkit/requirements-cuda.txt")
    with open(requirements, "rb") as file:
        wanted = digest(file.read(), installed_toolkit(), link)
    mark = os.path.join(STATE, "cuda.stamp")
    if stamped(mark, wanted) and os.path.exists(os.path.join(link, "bin/ptxas")):
        return
    target = installed_toolkit()
    if not target:
        wheels = os.path.join(STATE, "cuda-wheels")
        shutil.rmtree(wheels, ignore_errors=True)
        step("Installing ptxas, libdevice and CUDA headers (100 MB) from PyPI",
             [os.path.join(STATE, "venv/bin/python"), "-m", "pip", "--disable-pip-version-check",
              "install", "--retries", "5", "--progress-bar", "off", "--no-deps",
              "--target", wheels, "-r", requirements], "cuda")
        target = os.path.join("cuda-wheels", "nvidia", "cu13")
        # Wheels do not keep what may be executed.
        for folder in ("bin", "nvvm/bin"):
            with os.scandir(os.path.join(STATE, target, folder)) as entries:
                for program in entries:
                    if program.is_file():
                        os.chmod(program.path, 0o755)
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(target, link)
    if not is_toolkit(link):
        raise Failure(f"{relative(link)} does not run or lacks libdevice or cuda.h; "
                      "full log: .lacuna/logs/cuda.log")
    stamp(mark, wanted)


def setup(torch=False, cuda=True, minilm=False):
    os.makedirs(STATE, exist_ok=True)
    install_packages()
    local_python()
    if cuda:
        cuda_toolkit()
    if torch:
        torch_python()
    if minilm:
        minilm_python()


def try_minilm():
    """For tests, which are skipped where the model cannot be had."""
    try:
        minilm_python()
    except Failure as failure:
        say(f"without tests of MiniLM: {failure}")


def doctor():
    """Says what set-up would do, and does nothing."""
    missing = missing_packages()
    say(f"system: {system_name()[1]}, Python {sys.version.split()[0]}")
    say(f"Debian packages: {'missing ' + ' '.join(missing) if missing else 'all installed'}")
    for folder in ("venv", "venv-minilm", "venv-torch"):
        made = os.path.exists(os.path.join(STATE, folder, ".stamp"))
        say(f".lacuna/{folder}: {'made' if made else 'not made yet'}")
    say(f"CUDA toolkit: {installed_toolkit() or 'none complete; taken from PyPI'}")
