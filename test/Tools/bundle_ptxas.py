# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: ptxas
# UNSUPPORTED: sanitizer
# RUN: %python %s %lacuna_build/bundle/bin/lacuna-bundle
"""ptxas assembles each probe of a bundle for the architecture and with the
version of PTX that it claims: what the runner asks a driver for exists."""
import os
import re
import subprocess
import sys
import tempfile


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], f"--write-probes={folder}"], check=True)
        probes = sorted(os.listdir(folder))
        for name in probes:
            path = f"{folder}/{name}"
            with open(path) as file:
                target = re.search(r"^\.target (\w+)$", file.read(), re.M).group(1)
            done = subprocess.run(["ptxas", f"-arch={target}", path, "-o", f"{folder}/probe.cubin"], capture_output=True,
                                  text=True)
            if done.returncode:
                wrong.append(f"{name}: {done.stderr}")
    print(f"{len(probes) - len(wrong)} of {len(probes)} probes assembled")
    sys.exit("\n".join(wrong) if wrong or len(probes) < 200 else 0)


if __name__ == "__main__":
    main()
