# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: rm -rf %t && mkdir %t && %minilm_python %s %t
# REQUIRES: lacuna-run, minilm
"""all-MiniLM-L6-v2 with its weights, embeddings against those that PyTorch
computed in float64 (tools/minilm/reference.npy): f32 on the CPU, bf16 by tensor
cores on the emulator, dense and with the ffn pruned to 2:4 by every route."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/minilm"))
import sentences
from lacuna_test.runtime import Model, compile_model

EXACT = 1 - 1e-6  # least cosine in f32
ROUNDED = 0.999  # and with operands in bf16
GPU = "sm_80"


def compile_for(folder, name, device="cpu", pruned=None, route=None):
    """The network for a device; `pruned` is a file of weights that are 2:4."""
    target, precision = ("cpu", []) if device == "cpu" else (GPU, ["--precision=bf16"])
    weights = pruned or os.path.join(sentences.model_folder(), "model.safetensors")
    layouts = ["--layouts", os.path.join(sentences.HERE, "rules.json")] if pruned else []
    routes = [f"--force-route={route}"] if route else []
    compile_model(os.path.join(sentences.HERE, "model.mlir"), f"{folder}/{name}", "--params", weights,
                  *precision, *layouts, *routes, targets=[target])
    return Model(f"{folder}/{name}.so", device="cpu" if device == "cpu" else f"emulator:{GPU}")


def embed(model, tensors):
    result, = model.run(tensors["input_ids"], tensors["attention_mask"])
    assert np.isfinite(result).all()
    return result


def make_models(folder):
    """{title: (model, weights are pruned, least cosine)}."""
    pruned = f"{folder}/pruned.safetensors"
    sentences.write_pruned(pruned)
    return {
        "cpu": (compile_for(folder, "cpu"), 0, EXACT),
        "cpu, 2:4, route of the plan": (compile_for(folder, "planned", pruned=pruned), 1, EXACT),
        "cpu, 2:4, sparse-tensor": (compile_for(folder, "sparse", pruned=pruned, route="sparse-tensor"), 1, EXACT),
        "cpu, 2:4, vector": (compile_for(folder, "vector", pruned=pruned, route="vector"), 1, EXACT),
        "emulator": (compile_for(folder, "gpu", "emulator"), 0, ROUNDED),
        "emulator, 2:4, tensor-core": (compile_for(folder, "gpu-sparse", "emulator", pruned, "tensor-core"),
                                       1, ROUNDED),
    }


def check_counters(title, model):
    """Sessions on one device count together, so reset between them."""
    if not title.startswith("emulator"):
        return
    counters = model.counters()
    assert counters["mma"] > 0 and (counters["mma.sp"] > 0) == ("2:4" in title), (title, counters)
    model.reset_counters()


def main(folder):
    tokens = sentences.Tokenizer()(sentences.LISTED + sentences.ASKED)
    references = np.load(os.path.join(sentences.HERE, "reference.npy"))
    assert references.shape == (2, len(tokens["input_ids"]), 384)
    # The references tell the two kinds of weights apart, and a mask from none.
    assert sentences.cosines(*references).max() < 0.99
    for title, (model, kind, least) in make_models(folder).items():
        found = sentences.cosines(embed(model, tokens), references[kind])
        print(f"{title}: 1 - cosine at most {1 - found.min():.1e}", flush=True)
        assert found.min() >= least, (title, found)
        check_counters(title, model)
        if title == "cpu":
            unmasked = {**tokens, "attention_mask": np.ones_like(tokens["attention_mask"])}
            assert sentences.cosines(embed(model, unmasked), references[0]).min() < 0.99


if __name__ == "__main__":
    main(sys.argv[1])
