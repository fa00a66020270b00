# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command line of tools/dev."""
import argparse
import fcntl
import os
import sys
import time

from . import build, bundle, demos, install, models, status, testing
from .console import STATE, Failure, clock, say

TEXT = """\
Each command does all the set-up that it needs: Debian packages (as root, where
some are missing), a local Python environment and, for the tests, ptxas and
CUDA's headers. Everything else is put under .lacuna/; logs are in .lacuna/logs.

examples:
  tools/dev run                     compile and run the digit classifier
  tools/dev run minilm              sentences that mean the same; yours too, from standard input
  tools/dev test                    the whole test suite
  tools/dev test IR                 the tests of test/IR
  tools/dev test 'nm.*invalid'      the tests whose name matches a pattern
  tools/dev test --with-torch       and those that need PyTorch (5 GB)
  .lacuna/venv/bin/lit test/IR/nm.mlir    one test, without building
"""


def parse():
    parser = argparse.ArgumentParser(
        prog="tools/dev", description="Sets up, builds, runs and tests Lacuna.",
        epilog=TEXT, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name, text, preset=True):
        command = commands.add_parser(name, help=text, description=text)
        if preset:
            command.add_argument("--preset", choices=build.PRESETS, default="release",
                                 help="build preset (default: release)")
        return command

    add("run", "compile and run a demo").add_argument(
        "demo", nargs="?", default="digits", help=f"one of: {', '.join(demos.DEMOS)} (default: digits)")
    test = add("test", "run the tests; the last line counts them")
    test.add_argument("filter", nargs="?", metavar="FILTER",
                      help="a path under test/ or a pattern that test names match")
    test.add_argument("--with-torch", action="store_true", help="also the tests that need PyTorch (5 GB)")
    test.add_argument("--long", action="store_true", help="also the long tier: fuzzing and the like")
    add("build", "build everything").add_argument("targets", nargs="*", metavar="TARGET")
    packed = add("bundle", "make a folder that tests GPU code on a machine with a driver and nothing else")
    packed.add_argument("--out", metavar="FOLDER", help="the folder (default: .lacuna/out/lacuna-bundle); it is replaced")
    packed.add_argument("--seed", type=int, help="of all that is drawn at random (default: a new one)")
    packed.add_argument("--reduced", action="store_true", help="one test of each kind")
    setup = add("setup", "only set up", preset=False)
    setup.add_argument("--with-torch", action="store_true", help="PyTorch too (5 GB)")
    add("doctor", "say what is installed, change nothing", preset=False)
    add("format", "format C and C++ with clang-format", preset=False).add_argument(
        "--check", action="store_true", help="only name the files that differ")
    add("status", "write the tables of the documents from the last full test run", preset=False)
    add("help", "show this text", preset=False)
    options = parser.parse_args()
    if options.command in (None, "help"):
        parser.print_help()
        sys.exit(0)
    return options


def alone():
    """Waits until no other tools/dev works in this checkout."""
    os.makedirs(STATE, exist_ok=True)
    lock = open(os.path.join(STATE, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Waiting for another tools/dev in this checkout")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def perform(options):
    command = options.command
    if command == "format":
        build.format_sources(options.check)
    elif command == "status":
        status.write()
        models.write()
    elif command == "doctor":
        install.doctor()
    elif command == "setup":
        install.setup(torch=options.with_torch)
    elif command == "build":
        install.setup(cuda=False)
        build.build(options.preset, options.targets)
    elif command == "bundle":
        install.setup(cuda=False)
        bundle.make(options)
    elif command == "run":
        install.setup(minilm=options.demo == "minilm")
        demos.run(options.demo, options.preset)
    elif command == "test":
        install.setup(torch=options.with_torch)
        install.try_minilm()
        return testing.test(options)
    return True


def main():
    options = parse()
    start = time.monotonic()
    try:
        if options.command == "run":
            demos.check(options.demo)
        lock = alone() if options.command not in ("format", "status", "doctor") else None
        good = perform(options)
        if options.command in ("setup", "build", "bundle"):
            say(f"{options.command}: ready after {clock(time.monotonic() - start)}")
        del lock
        return 0 if good else 1
    except Failure as failure:
        print(f"tools/dev: error: {failure}", file=sys.stderr)
    except PermissionError as error:
        print(f"tools/dev: error: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
    except OSError as error:
        print(f"tools/dev: error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("tools/dev: stopped", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
