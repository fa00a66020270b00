# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Steps with progress, logs and one-line failures.

Every other module runs its commands through `step`, so that all of them show
what is being done and for how long, keep a full log, and fail alike.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STATE = os.path.join(ROOT, ".lacuna")
LOGS = os.path.join(STATE, "logs")
HEARTBEAT_SECONDS = 30
# How apt and pip say that a download failed; their last line only says what
# is missing for it.
NETWORK_LINE = re.compile("connection broken by|Temporary failure resolving|Could not connect to|"
                          "Failed to fetch")
ERROR_LINE = re.compile(r"\berror\b|\bfatal\b|^E: |No space left|CMake Error", re.IGNORECASE)


class Failure(Exception):
    """Ends the command with its text as the one line of error."""


def say(text=""):
    print(text, flush=True)


def relative(path):
    return os.path.relpath(path, ROOT)


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def digest(*parts):
    """The content hash that a stamp holds."""
    sum = hashlib.sha256()
    for part in parts:
        sum.update(part if isinstance(part, bytes) else str(part).encode())
        sum.update(b"\0")
    return sum.hexdigest()


def stamped(path, value):
    try:
        with open(path) as file:
            return file.read() == value
    except OSError:
        return False


def stamp(path, value):
    with open(path, "w") as file:
        file.write(value)


class Progress:
    """The line that shows a running step: in place on a terminal, otherwise a
    line when it starts and one every half a minute."""

    def __init__(self, title):
        self.title, self.start, self.last = title, time.monotonic(), ""
        self.live = sys.stdout.isatty()
        self.done = threading.Event()
        if not self.live:
            say(title)
        self.thread = threading.Thread(target=self.tick, daemon=True)
        self.thread.start()

    def elapsed(self):
        return time.monotonic() - self.start

    def tick(self):
        while not self.done.wait(0.5 if self.live else HEARTBEAT_SECONDS):
            text = f"{self.title} {clock(self.elapsed())}  {self.last}"
            if self.live:
                width = shutil.get_terminal_size().columns - 1
                print("\r\033[K" + text[:width], end="", flush=True)
            else:
                say("  " + text[:160])

    def finish(self, word):
        self.done.set()
        self.thread.join()
        if self.live:
            print("\r\033[K", end="")
        say(f"{self.title}: {word} ({self.elapsed():.1f} s)" if self.live
            else f"  {word} ({self.elapsed():.1f} s)")


def first_error(log):
    """The line of a log that tells most about why a command failed."""
    with open(os.path.join(LOGS, f"{log}.log"), errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    for line in lines[1:]:
        if NETWORK_LINE.search(line):
            line = re.sub(r"^.*connection broken by '|^[WE]: |'?: /simple/.*$", "", line)
            return f"a download failed: {line[:200]}"
    for line in lines[1:]:
        if ERROR_LINE.search(line) and not line.startswith("["):
            return line[:240]
    return lines[-1][:240] if len(lines) > 1 else "it printed nothing"


def step(title, command, log, env=None, cwd=ROOT, check=True, append=False):
    """Runs a command with its output in .lacuna/logs/<log>.log; returns its
    exit status, or raises a Failure that names the first error and the log."""
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, f"{log}.log")
    progress = Progress(title)
    with open(path, "a" if append else "w") as out:
        out.write("$ " + " ".join(command) + "\n")
        out.flush()
        try:
            process = subprocess.Popen(
                command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        except OSError as error:
            progress.finish("failed")
            raise Failure(f"{title}: cannot start {command[0]}: {error.strerror}")
        try:
            for line in process.stdout:
                out.write(line)
                if line.strip():
                    progress.last = line.strip()
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    progress.finish("done" if status == 0 or not check else "failed")
    if status and check:
        raise Failure(f"{title} failed: {first_error(log)}; full log: {relative(path)}")
    return status
