# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the test suite with lit, in two passes, and reports.

The first pass is everything; the second is the suites of IR once more with
`lacuna-opt --verify-roundtrip`. What was counted goes to .lacuna/results.json,
from which the README's status table is written.
"""
import json
import os
import re
import subprocess

from .build import build, build_folder, jobs
from .console import LOGS, ROOT, STATE, Failure, relative, say, step

RESULTS = os.path.join(STATE, "results.json")
PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
FAILED = {"FAIL", "XPASS", "UNRESOLVED", "TIMEOUT"}
NOT_RUN = {"UNSUPPORTED", "SKIPPED"}
ROUNDTRIP_FOLDERS = ["IR", "Transforms", "Conversion", "Pipelines"]
UNIT = "Lacuna unit :: ./"  # before the names of GoogleTest's tests
SECONDS_PER_TEST = 1200
SHOWN_LINES = 60
# What a test may require that an option of this command gives.
OPTIONS = {"torch": "PyTorch", "long": "the long tier",
           "minilm": "the weights of all-MiniLM-L6-v2, which pip could not install"}
# Folders whose lit.local.cfg requires one of them for everything inside.
FOLDER_NEEDS = {"Import": "torch"}


def selection(text, preset):
    """Paths and lit options for FILTER: a path under test/, or a pattern."""
    test = os.path.join(ROOT, "test")
    if not text:
        return [test], []
    for base in (os.getcwd(), ROOT, test):
        path = os.path.normpath(os.path.join(base, text))
        if os.path.exists(path) and os.path.commonpath([path, test]) == test:
            return [path], []
    try:
        re.compile(text)
    except re.error as error:
        raise Failure(f"FILTER is neither a path under test/ nor a pattern: {text}: {error}")
    programs = [re.escape(name) for name in unit_programs(build_folder(preset), text)]
    return [test], ["--filter", "|".join([text, *programs])]


def unit_programs(build, pattern):
    """GoogleTest programs with a test whose name, as failures print it, has
    the pattern: lit itself can only choose whole programs."""
    folder = os.path.join(build, "test/Unit")
    for program in sorted(os.listdir(folder)):
        path = os.path.join(folder, program)
        if not program.endswith("Tests") or re.search(pattern, program):
            continue
        listed = subprocess.run([path, "--gtest_list_tests"], capture_output=True, text=True)
        suite = ""
        for line in listed.stdout.splitlines():
            name = line.partition("#")[0].strip()
            if not line.startswith(" "):
                suite = name.rstrip(".")
            elif re.search(pattern, f"{UNIT}{program}/{suite}/{name}"):
                yield program
                break


def roundtrip_paths(paths):
    """What of `paths` the second pass runs."""
    folders = [os.path.join(ROOT, "test", name) for name in ROUNDTRIP_FOLDERS]
    found = []
    for path in paths:
        found += [path for f in folders if os.path.commonpath([f, path]) == f]
        found += [f for f in folders if path != f and os.path.commonpath([f, path]) == path]
    return [path for path in dict.fromkeys(found) if holds_modules(path)]


def holds_modules(path):
    if os.path.isfile(path):
        return path.endswith(".mlir")
    return any(name.endswith(".mlir") for _, _, files in os.walk(path) for name in files)


def run_lit(title, log, paths, extra, options):
    """One pass of lit; returns what it says of each test."""
    output = os.path.join(STATE, f"lit-{log}.json")
    if os.path.exists(output):
        os.unlink(output)
    command = [os.path.join(STATE, "venv/bin/lit"), "-v", f"-j{jobs()}",
               f"--timeout={SECONDS_PER_TEST}", "--output", output,
               "--param", f"preset={options.preset}", *extra, *paths]
    if options.with_torch:
        command[1:1] = ["--param", "torch=1"]
    if options.long:
        command[1:1] = ["--param", "long=1"]
    env = {"LACUNA_TEST_LONG": "1"} if options.long else {}
    status = step(title, command, log, env=env, check=False)
    if not os.path.exists(output):
        if status == 2:
            return []  # no test was selected
        raise Failure(f"lit did not finish; full log: {relative(os.path.join(LOGS, log))}.log")
    with open(output) as file:
        return json.load(file)["tests"]


def asked(name, pattern):
    """Whether the pattern names the test, and not only another of its program."""
    return pattern is None or not name.startswith(UNIT) or re.search(pattern, name)


def needed(test):
    found = re.search(r"(?:unavailable features|required feature\(s\)): ([^\n]*)", test.get("output") or "")
    if found:
        return found.group(1).strip()
    return FOLDER_NEEDS.get(area(test["name"]), "something this machine lacks")


def area(name):
    """The folder of test/ that a test belongs to; a GoogleTest program is
    named after it."""
    suite, _, path = name.partition(" :: ")
    if "unit" in suite:
        program = path.removeprefix("./").split("/")[0]
        return re.sub(r"^Lacuna([A-Z][a-z]+).*$", r"\1", program)
    return path.split("/")[0]


def count(tests):
    """Passed, failed and not run, per area."""
    areas = {}
    for test in tests:
        row = areas.setdefault(area(test["name"]), {"passed": 0, "failed": 0, "not run": 0})
        for word, codes in (("passed", PASSED), ("failed", FAILED), ("not run", NOT_RUN)):
            row[word] += test["code"] in codes
    return areas


def report(tests):
    """Failures with their output, and what was not run and how to run it."""
    failures = [test for test in tests if test["code"] in FAILED]
    for test in failures:
        say(f"\n{test['code']}: {test['name']}")
        lines = (test.get("output") or "").rstrip().splitlines()
        for line in lines[:SHOWN_LINES]:
            say(f"  {line}")
        if len(lines) > SHOWN_LINES:
            say(f"  ({len(lines) - SHOWN_LINES} more lines in .lacuna/logs)")
    if failures:
        say()
    for test in failures:
        say(f"failed: {test['name']}")
    reasons = {}
    for test in tests:
        if test["code"] in NOT_RUN:
            reasons.setdefault(needed(test), []).append(test)
    for reason, skipped in sorted(reasons.items()):
        option = {"torch": "--with-torch", "long": "--long"}.get(reason)
        how = f": run them with `tools/dev test {option}`" if option else ""
        say(f"not run: {len(skipped)} that need {OPTIONS.get(reason, reason)}{how}")


def test(options):
    """Returns whether everything that ran passed; the last line counts."""
    build(options.preset)
    paths, extra = selection(options.filter, options.preset)
    tests = run_lit("Testing", "test", paths, extra, options)
    again = roundtrip_paths(paths)
    if again:
        tests += run_lit("Testing once more, with --verify-roundtrip", "test-roundtrip", again,
                         [*extra, "--param", "roundtrip=1"], options)
    pattern = options.filter if extra else None
    tests = [test for test in tests if test["code"] in PASSED | FAILED | NOT_RUN and asked(test["name"], pattern)]
    if not tests:
        raise Failure(f"no test matches {options.filter or 'test/'}")
    report(tests)
    areas = count(tests)
    total = {word: sum(row[word] for row in areas.values()) for word in ("passed", "failed", "not run")}
    if not options.filter and options.preset == "release":
        with open(RESULTS, "w") as file:
            json.dump({"total": total, "areas": areas}, file, indent=1)
    say(f"{total['passed']} passed, {total['failed']} failed, {total['not run']} skipped")
    return total["failed"] == 0
