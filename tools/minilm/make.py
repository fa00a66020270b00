#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes what is checked in here and needs PyTorch: model.mlir, the imported
network, and reference.npy, what PyTorch computes in float64 for the sentences
of sentences.py (dense weights, then 2:4 ones). README.md has the command."""
import os
import subprocess
import sys

import numpy as np
import torch

import embedder
import sentences

IMPORTER = os.path.join(sentences.ROOT, "tools/lacuna-import/lacuna-import")


def import_model(out):
    folder = sentences.model_folder()
    subprocess.run([IMPORTER, os.path.join(sentences.HERE, "embedder.py:make_model"), "--no-locations",
                    "--checkpoint", os.path.join(folder, "model.safetensors"),
                    "-o", os.path.join(out, "model.mlir")],
                   check=True, env={**os.environ, "LACUNA_MINILM": folder})
    # Every name is the checkpoint's own, so it says nothing.
    os.remove(os.path.join(out, "model.params.json"))


def prune(model):
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if sentences.is_ffn(name):
                weight.copy_(torch.from_numpy(sentences.prune(weight.numpy())))


def embed(model, tensors):
    with torch.no_grad():
        return model(**{n: torch.from_numpy(t) for n, t in tensors.items()})["embedding"].numpy()


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else sentences.HERE
    import_model(out)
    model = embedder.load(sentences.model_folder()).double()
    tokens = sentences.Tokenizer()(sentences.LISTED + sentences.ASKED)
    references = [embed(model, tokens)]
    prune(model)
    references.append(embed(model, tokens))
    np.save(os.path.join(out, "reference.npy"), np.stack(references).astype(np.float32))


if __name__ == "__main__":
    main()
