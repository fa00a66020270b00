# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Decoding token by token with a key-value cache, against PyTorch's own.

  decode.py NAME

One artifact for the CPU and sm_80 takes a prompt and 32 greedy tokens, one by
one; PyTorch does the same with the library's growing cache. Logits agree and so
do tokens. The control: without what earlier steps left in the cache they don't.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file

import models

sys.path.insert(0, os.path.join(models.HERE, "../Integration"))
from lacuna_test.runtime import Model, compile_model  # noqa: E402

IMPORTER = os.path.join(models.HERE, "../../tools/lacuna-import/lacuna-import")
TOLERANCE = 1e-5
MAXIMUM, PROMPT, TOKENS = 48, 5, 32


def build(name, folder):
    """The module, and the artifact of a decoding step."""
    module = models.build(name, use_cache=True)
    subprocess.run([IMPORTER, *models.source(name, f"{folder}/source"), "--decode", "--max-length",
                    str(MAXIMUM), "-o", f"{folder}/step.mlir"], check=True)
    with open(f"{folder}/step.params.json") as f:
        renamed = json.load(f)["tensors"]
    save_file({n: t.detach().clone().contiguous() for n, t in module.state_dict().items()
               if n not in renamed}, f"{folder}/weights.safetensors")
    compile_model(f"{folder}/step.mlir", f"{folder}/step", "--params", f"{folder}/weights.safetensors",
                  "--parameters-file", f"{folder}/step.params.json", targets=["cpu", "sm_80"])
    return module, f"{folder}/step.so"


def reference(module, prompt):
    """Tokens and the logits of each step, from PyTorch."""
    tokens, logits, cache = list(prompt), [], None
    while len(tokens) < PROMPT + TOKENS or len(logits) < len(tokens):
        with torch.no_grad():
            result = module(input_ids=torch.tensor([[tokens[len(logits)]]]), past_key_values=cache,
                            use_cache=True)
        cache = result.past_key_values
        logits.append(result.logits[0, 0].double().numpy())
        if len(logits) >= len(tokens) and len(tokens) < PROMPT + TOKENS:
            tokens.append(int(logits[-1].argmax()))
    return tokens, logits


def decode(binary, prompt, forget=False):
    """The same from the binary; `forget` clears the cache before each step."""
    tokens, logits = list(prompt), []
    for position in range(PROMPT + TOKENS):
        if forget:
            binary.reset_state()
        (result,) = binary.run(np.array([[tokens[position]]]), np.array([position]))
        logits.append(result[0, 0])
        if len(logits) >= len(tokens) and len(tokens) < PROMPT + TOKENS:
            tokens.append(int(result[0, 0].argmax()))
    return tokens, logits


def difference(expected, actual):
    """At most the tolerance where both bounds hold, for they are equal."""
    return max(float((np.abs(a - e) / (1 + np.abs(e))).max()) for e, a in zip(expected, actual))


def check(name, folder):
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"{name}: seed {seed}", flush=True)
    module, artifact = build(name, folder)
    prompt = torch.randint(0, 100, (PROMPT,)).tolist()
    tokens, logits = reference(module, prompt)
    for device in ("cpu", "emulator:sm_80"):
        binary = Model(artifact, device=device)
        for attempt in ("first", "again"):
            binary.reset_state()
            binary.reset_counters()
            found, actual = decode(binary, prompt)
            error = difference(logits, actual)
            print(f"  {device} {attempt}: {error:.1e}", flush=True)
            assert error <= TOLERANCE, f"{name} on {device} differs by {error:.1e}"
            assert found == tokens, (found, tokens)
        try:
            binary.run(np.array([[1]]), np.array([MAXIMUM]))
        except RuntimeError as failure:
            print(f"  beyond the cache: {failure}")
        else:
            raise AssertionError("a position beyond the cache was taken")
        if device == "cpu":
            _, actual = decode(binary, prompt, forget=True)
            error = difference(logits, actual)
            print(f"  without the cache: {error:.1e}")
            assert error > 100 * TOLERANCE
        print(f"{name} on {device}: {PROMPT} + {TOKENS} tokens as PyTorch decodes them", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        check(sys.argv[1], temporary)
