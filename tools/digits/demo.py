# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demo behind `tools/dev run`: compiles the digit classifier, dense and
2:4, for the CPU and for a GPU, classifies the held-out images with lacuna-run
on the CPU and on the emulator, and shows the result."""
import argparse
import os
import re
import shlex
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHADES = " .:-=+*#%@"
SHOWN = 6
GPU = "sm_80"


def call(bin_folder, tool, *arguments):
    """Runs a tool and shows the command line; gives what it printed. Ends the
    demo if it fails."""
    shown = [os.path.relpath(a) if os.path.isabs(a) else a for a in arguments]
    print(f"$ {tool} {shlex.join(shown)}", flush=True)
    done = subprocess.run([os.path.join(bin_folder, tool), *shown], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"digits: {tool} failed with exit status {done.returncode}")
    return done.stdout


def compile_model(options, name, *arguments, target="cpu"):
    artifact = os.path.join(options.out, name)
    call(options.bin, "lacuna-compile", os.path.join(HERE, "model.mlir"), *arguments,
         f"--target={target}", "-o", artifact)
    return artifact


def run(options, artifact, *arguments):
    """The logits of all held-out images, and what lacuna-run printed."""
    logits = f"{artifact}-logits.npy"
    printed = call(options.bin, "lacuna-run", f"{artifact}.so", *arguments, "--input",
                   f"images={os.path.relpath(os.path.join(HERE, 'images.npy'))}",
                   "--output", f"logits={os.path.relpath(logits)}")
    return np.load(logits), printed


def classify(options, artifact):
    """The digit that the artifact sees in each held-out image."""
    return run(options, artifact)[0].argmax(axis=1)


def compare_devices(options, sparse):
    """The 2:4 model in bf16 on the CPU and, by sparse tensor-core instructions,
    as a GPU binary on the emulator: one line each of agreement and of what the
    emulator counted. Ends the demo where they differ."""
    sparse = [*sparse, "--precision=bf16"]
    cpu, _ = run(options, compile_model(options, "cpu-bf16", *sparse))
    artifact = compile_model(options, "gpu-bf16", *sparse, "--force-route=tensor-core", target=GPU)
    gpu, printed = run(options, artifact, f"--device=emulator:{GPU}", "--counters")
    counters = {name: int(value) for name, value in re.findall(r"^counter (\S+): (\d+)$", printed, re.M)}
    same = int((cpu.argmax(axis=1) == gpu.argmax(axis=1)).sum())
    apart = float(np.abs(cpu - gpu).max() / np.abs(cpu).max())
    print(f"\nbf16, CPU and emulator:{GPU}: the same digit in {same} of {len(cpu)} images, "
          f"logits within {apart:.1e} of the largest")
    print(f"emulator: {counters['mma.sp']:,} mma.sp and {counters['mma']:,} mma instructions of warps executed, "
          f"{counters['global.load.bytes']:,} bytes loaded and {counters['global.store.bytes']:,} stored")
    # bf16 keeps 8 bits; a hidden unit may be rounded to either neighbor.
    if same < len(cpu) - 1 or apart > 2.0**-7 or not counters["mma.sp"]:
        sys.exit("digits: expected the emulator to execute mma.sp and to agree with the CPU")
    return artifact


def pictures(images, labels, seen):
    """Some digits side by side, wrong ones first, as text."""
    order = np.argsort(seen == labels, kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, SHOWN).astype(int)]
    rows = [[] for _ in range(9)]
    for index in chosen:
        square = np.rint(images[index].reshape(8, 8) * (len(SHADES) - 1)).astype(int)
        for row, values in zip(rows, square):
            row.append("".join(2 * SHADES[value] for value in values))
        word = "right" if seen[index] == labels[index] else f"but is {labels[index]}"
        rows[8].append(f"seen {seen[index]}, {word}".ljust(16))
    return "\n".join("    ".join(row).rstrip() for row in rows)


def sizes(artifacts):
    lines = []
    for title, artifact in artifacts:
        files = [f"{artifact}{ending}" for ending in (".so", ".h", ".safetensors")]
        parts = ", ".join(f"{os.path.basename(f)} {os.path.getsize(f):,} bytes" for f in files)
        lines.append(f"{title}: {parts}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder of lacuna-compile and lacuna-run")
    parser.add_argument("--out", required=True, help="folder for the artifacts")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    images = np.load(os.path.join(HERE, "images.npy"))
    labels = np.load(os.path.join(HERE, "labels.npy"))
    report = os.path.join(options.out, "plan.txt")
    sparse = ["--params", os.path.join(HERE, "sparse.safetensors"),
              "--layouts", os.path.join(HERE, "rules.json")]

    dense_model = compile_model(options, "dense", "--params", os.path.join(HERE, "dense.safetensors"))
    model = compile_model(options, "model", *sparse, "--report", report)
    forced = compile_model(options, "forced", *sparse, "--force-route=sparse-tensor")
    artifacts = [("dense weights", dense_model), ("2:4 weights, route of the plan", model),
                 ("2:4 weights, sparse-tensor forced", forced)]
    seen = {title: classify(options, artifact) for title, artifact in artifacts}

    print(f"\n{pictures(images, labels, seen[artifacts[1][0]])}\n")
    right = {title: int((digits == labels).sum()) for title, digits in seen.items()}
    for title, count in right.items():
        print(f"{title}: {count} of {len(labels)} held-out images right ({count / len(labels):.1%})")
    artifacts.append((f"2:4 weights, bf16 for {GPU}", compare_devices(options, sparse)))
    with open(report) as file:
        print(f"\n{file.read().rstrip()}\n\n{sizes(artifacts)}")
    best, *pruned = right.values()
    if best < 0.96 * len(labels) or min(pruned) < best - 0.01 * len(labels):
        sys.exit("digits: expected dense weights at least 96 % right and 2:4 within 1 point of it")


if __name__ == "__main__":
    main()
