# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %python %s %lacuna_src/docs/OneMatmul.md %t
# RUN: %python %s --self-test
"""The page that follows one matmul through the phases shows what the compiler
prints: each block behind `<!-- ir: FILE | REGEX +N | ... -->` is N lines from
the next line on that matches, for each segment, with `...` between. SSA names
are compared by their order, as numbers move with every pass; predicted times
are not compared.

    .lacuna/venv/bin/python test/Docs/one_matmul.py docs/OneMatmul.md FOLDER --update

writes the blocks anew (LACUNA_BUILD names the build, default: release)."""
import os
import re
import shlex
import subprocess
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("LACUNA_BUILD", f"{ROOT}/.lacuna/build/release")
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)```", re.S)
EXCERPT = re.compile(r"(<!-- ir: (.*?) -->\n```\w*\n)(.*?)```", re.S)


def excerpt(lines, segments):
    """The text of a block; an error names the segment that is not there."""
    text, at = [], 0
    for segment in segments:
        pattern, count = re.fullmatch(r"(.*) \+(\d+)", segment).groups()
        found = next((i for i in range(at, len(lines)) if re.search(pattern, lines[i])), None)
        if found is None:
            raise LookupError(f"no line matches '{pattern}' behind line {at}")
        if text and found > at:
            text.append("...")
        at = found + int(count)
        text.append(textwrap.dedent("\n".join(line.expandtabs(4) for line in lines[found:at])))
    return "\n".join(text) + "\n"


def renamed(text):
    """With SSA names (%12, %arg3, %r7) numbered in order of appearance, and
    without predicted times and bounds, which follow the plan's constants."""
    names = {}
    text = re.sub(r"(?<=anoseconds = )\d+|[\d.]+(?=x (?:as fast (?:as dense )?)?at )|\w+(?=-bound)|(?<=bound = )\w+",
                  "T", text)
    return re.sub(r"%[\w$.]+", lambda match: names.setdefault(match.group(), f"%{len(names)}"), text)


def compile_page(text, folder):
    """Runs the page's command on the page's files; gives files by name."""
    for name, content in FILE.findall(text):
        with open(f"{folder}/{name}", "w") as file:
            file.write(content)
    command = shlex.split(re.search(r"^    (lacuna-compile (?:.*\\\n)*.*)$", text, re.M).group(1).replace("\\\n", " "))
    command[0] = f"{BUILD}/bin/lacuna-compile"
    subprocess.run(command, cwd=folder, check=True)
    ptx = [a for a in command if not re.match("--(target=cpu|cpu|dump-phases|no-cubin)", a)]
    ptx[ptx.index("-o") + 1] = "phases/kernels.ptx"
    subprocess.run([*ptx, "--emit=ptx"], cwd=folder, check=True)
    files = {}
    for name in os.listdir(f"{folder}/phases"):
        with open(f"{folder}/phases/{name}") as file:
            files[name] = file.read().splitlines()
    return files


def differences(text, files):
    wrong = []
    for _, spec, shown in EXCERPT.findall(text):
        name, *segments = spec.split(" | ")
        try:
            printed = excerpt(files[name], segments)
        except (LookupError, KeyError) as error:
            wrong.append(f"{spec}\n  {error}")
            continue
        if renamed(printed) != renamed(shown):
            wrong.append(f"{spec}\nthe page has\n{shown}the compiler prints\n{printed}")
    return wrong


def updated(text, files):
    def replace(match):
        name, *segments = match.group(2).split(" | ")
        return match.group(1) + excerpt(files[name], segments) + "```"
    return EXCERPT.sub(replace, text)


def self_test():
    """What is stale is seen, and nothing else is."""
    files = {"a": ["  %0 = one", "  %1 = two %0", "  %2 = three %1 : f32"]}
    page = "<!-- ir: a | one +1 | three +1 -->\n```mlir\n```\n"
    page = updated(page, files)
    assert page.count("...") == 1 and not differences(page, files), page
    moved = {"a": [line.replace("%2", "%9") for line in files["a"]]}
    assert not differences(page, moved)
    for changed in (["  %0 = one", "  %2 = three %0 : f64"], ["  %0 = one"]):
        assert len(differences(page, {"a": changed})) == 1, changed
    assert differences(page, {})


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    page, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    with open(page) as file:
        text = file.read()
    files = compile_page(text, folder)
    assert len(EXCERPT.findall(text)) >= 12
    if "--update" in sys.argv:
        text = updated(text, files)
        with open(page, "w") as file:
            file.write(text)
        return
    wrong = differences(text, files)
    if wrong:
        sys.exit("\n\n".join(wrong) + "\n\nif this is meant: test/Docs/one_matmul.py docs/OneMatmul.md FOLDER --update")


if __name__ == "__main__":
    main()
