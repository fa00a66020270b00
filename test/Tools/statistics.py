# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s %lacuna_src
"""Every statistic that a pass declares is counted in the pass's file. LLVM as
Debian builds it keeps no statistics (LLVM_ENABLE_STATS is off without
assertions), so that running the passes cannot show it."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
passes = statistics = 0
for table in sorted((root / "include").rglob("*Passes.td")):
    # A definition ends where the next begins.
    for text in re.split(r"^def ", table.read_text(), flags=re.M)[1:]:
        name = re.match(r"\w+", text).group()
        files = list((root / "lib").rglob(f"{name}.cpp"))
        assert len(files) == 1, f"{name} is in {len(files)} files of its name, expected one"
        source = files[0].read_text()
        passes += 1
        for statistic in re.findall(r'Statistic<"(\w+)"', text):
            statistics += 1
            assert re.search(rf"\+\+{statistic}\b|\b{statistic} \+=\s", source), (
                f"{files[0]}: the statistic {statistic} of {name} is never counted")
print(f"{passes} passes, {statistics} statistics")
assert passes > 25 and statistics > 25
