# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demo behind `tools/dev run minilm`: compiles all-MiniLM-L6-v2 for the CPU
in f32 and for a GPU in bf16, dense and with its ffn pruned to 2:4; embeds a list
of sentences and those that are typed or piped in, on the CPU and on the emulator,
and prints for each the nearest of the list."""
import argparse
import os
import re
import shlex
import subprocess
import sys
import time

import numpy as np

import sentences

GPU = "sm_80"
NEAREST = 3
# bf16 keeps 8 bits of each operand; the tests have the tight bounds.
LEAST_COSINE = 0.998


def call(options, tool, *arguments):
    """Runs a tool, showing the command line and its time; gives what it printed.
    Ends the demo if it fails."""
    shown = [os.path.relpath(a) if os.path.isabs(a) else a for a in arguments]
    print(f"$ {tool} {shlex.join(shown)}", end="", flush=True)
    start = time.monotonic()
    done = subprocess.run([os.path.join(options.bin, tool), *shown], stdout=subprocess.PIPE, text=True)
    print(f"   ({time.monotonic() - start:.1f} s)", flush=True)
    if done.returncode:
        sys.exit(f"minilm: {tool} failed with exit status {done.returncode}")
    return done.stdout


class Artifact:
    """One compiled form of the model and the device that it runs on."""

    def __init__(self, options, name, title, device, *arguments):
        self.options, self.title, self.device = options, title, device
        self.path = os.path.join(options.out, name)
        self.report = f"{self.path}-plan.txt"
        self.listed = None
        self.counters = {}
        call(options, "lacuna-compile", os.path.join(sentences.HERE, "model.mlir"),
             "--report", self.report, "-o", self.path, *arguments)

    def embed(self, tensors):
        """The embeddings of a batch."""
        files = {name: f"{self.path}-{name}.npy" for name in [*tensors, "embedding"]}
        for name, tensor in tensors.items():
            np.save(files[name], tensor)
        inputs = [part for name in tensors for part in ("--input", f"{name}={os.path.relpath(files[name])}")]
        counters = ["--counters"] if self.device != "cpu" else []
        printed = call(self.options, "lacuna-run", f"{self.path}.so", f"--device={self.device}", *counters,
                       *inputs, "--output", f"embedding={os.path.relpath(files['embedding'])}")
        self.counters = {n: int(v) for n, v in re.findall(r"^counter (\S+): (\d+)$", printed, re.M)}
        return np.load(files["embedding"])

    def cosines_with_list(self, tokenizer, asked):
        """[asked, listed]; the list is embedded once, with the first batch."""
        known = [] if self.listed is not None else sentences.LISTED
        embedded = self.embed(tokenizer([*known, *asked]))
        if known:
            self.listed, embedded = embedded[:len(known)], embedded[len(known):]
        return embedded, embedded @ self.listed.T


def make_artifacts(options):
    dense = ["--params", os.path.join(sentences.model_folder(), "model.safetensors")]
    pruned = os.path.join(options.out, "pruned.safetensors")
    sentences.write_pruned(pruned)
    sparse = ["--params", pruned, "--layouts", os.path.join(sentences.HERE, "rules.json"),
              "--force-route=tensor-core"]
    gpu = [f"--target={GPU}", "--precision=bf16"]
    return [Artifact(options, "cpu", "cpu, f32", "cpu", *dense),
            Artifact(options, "gpu", "emulator, bf16", f"emulator:{GPU}", *dense, *gpu),
            Artifact(options, "sparse", "emulator, bf16, ffn 2:4", f"emulator:{GPU}", *sparse, *gpu)]


def answer(artifacts, tokenizer, asked):
    """Embeds and prints; ends the demo where the GPU binary is not the CPU's."""
    found = [artifact.cosines_with_list(tokenizer, asked) for artifact in artifacts]
    titles = " | ".join(artifact.title for artifact in artifacts)
    print(f"\ncosines: {titles}")
    for i, sentence in enumerate(asked):
        print(f"\n> {sentence}")
        for j in np.argsort(-found[0][1][i], kind="stable")[:NEAREST]:
            values = " | ".join(f"{cosines[i, j]:.4f}" for _, cosines in found)
            print(f"  {values}  {sentences.LISTED[j]}")
    same = sentences.cosines(found[0][0], found[1][0]).min()
    print(f"\nembeddings in bf16 on {artifacts[1].device} and in f32 on the CPU: cosine at least {same:.6f}")
    if same < LEAST_COSINE:
        sys.exit(f"minilm: expected at least {LEAST_COSINE}")
    for artifact in artifacts[1:]:
        counters = artifact.counters
        print(f"{artifact.title}: {counters['mma.sp']:,} mma.sp and {counters['mma']:,} mma instructions of "
              f"warps, {counters['global.load.bytes']:,} bytes loaded")
    if not artifacts[1].counters["mma"] or not artifacts[2].counters["mma.sp"]:
        sys.exit("minilm: expected tensor-core instructions on the emulator")


def summary(artifacts):
    for artifact in artifacts:
        with open(artifact.report) as file:
            # Without the reasons, a line for each of the many weights.
            print(f"\n{artifact.title}: {file.read().split('(! = forced')[0].rstrip()}")
        files = [f"{artifact.path}{ending}" for ending in (".so", ".h", ".safetensors")]
        print(", ".join(f"{os.path.relpath(f)} {os.path.getsize(f):,} bytes" for f in files))


def typed():
    """Sentences of a terminal, one by one."""
    while True:
        try:
            line = input("\na sentence (nothing ends): ").strip()
        except EOFError:
            return
        if not line:
            return
        yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder of lacuna-compile and lacuna-run")
    parser.add_argument("--out", required=True, help="folder for the artifacts")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if sys.stdin is not None:  # the tokenizer takes valid text only
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    piped = [] if terminal or sys.stdin is None else [line.strip() for line in sys.stdin if line.strip()]
    artifacts = make_artifacts(options)
    tokenizer = sentences.Tokenizer()
    answer(artifacts, tokenizer, piped or sentences.ASKED)
    summary(artifacts)
    for sentence in typed() if terminal else ():
        answer(artifacts, tokenizer, [sentence])


if __name__ == "__main__":
    main()
