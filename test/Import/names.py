# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Names in the IR and names in a checkpoint, through the Python function."""
import os
import sys
import tempfile

from safetensors.torch import save_file

import lacuna_import
import models
from lacuna_import import checkpoint

PREFIX = "encoder.layer.0.attention."


def imported(name, rename, dropped=()):
    """The model of a folder whose checkpoint has other names."""
    with tempfile.TemporaryDirectory() as folder:
        models.source(name, folder)
        state = {rename(n): t.clone().contiguous()
                 for n, t in models.build(name).state_dict().items() if n not in dropped}
        save_file(state, os.path.join(folder, "model.safetensors"))
        made = lacuna_import.import_model(folder, locations=False)
    return made.parameters, made.weights


def identity(name):
    return {"op": "identity", "sources": [name]}


def test_same_names():
    entries, weights = imported("bert", lambda n: n)
    assert entries == {} and "embeddings.word_embeddings.weight" in weights


def test_prefix_and_older_names():
    entries, _ = imported("bert", lambda n: "bert." + n.replace(
        "LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"))
    assert entries[PREFIX + "self.query.weight"] == identity(
        f"bert.{PREFIX}self.query.weight")
    assert entries[PREFIX + "output.LayerNorm.weight"] == identity(
        f"bert.{PREFIX}output.LayerNorm.gamma")


def test_tied_to_the_stored_one():
    embedding, head = "transformer.wte.weight", "lm_head.weight"
    entries, weights = imported("gpt2", lambda n: n, [head])
    assert entries == {head: identity(embedding)} and head not in weights
    entries, weights = imported("gpt2", lambda n: n, [embedding])
    assert entries == {embedding: identity(head)} and embedding not in weights
    entries, _ = imported("gpt2", lambda n: n.removeprefix("transformer."), [head])
    assert entries[head] == entries[embedding] == identity("wte.weight")


def test_missing():
    try:
        imported("bert", lambda n: n, [PREFIX + "self.query.weight"])
    except lacuna_import.ImportFailure as error:
        assert f"no tensor for '{PREFIX}self.query.weight'" in str(error), error
    else:
        raise AssertionError("a missing weight was not refused")


def test_merged():
    """Experts are stacked by the library; two steps in one are refused."""
    import transformers

    module = transformers.MixtralForCausalLM(transformers.MixtralConfig(
        **models.gqa, num_local_experts=2))
    experts = "model.layers.0.block_sparse_moe.experts"
    stored = {f"{experts}.{e}.{w}.weight" for e in (0, 1) for w in ("w1", "w2", "w3")}
    down, up = (f"model.layers.0.mlp.experts.{n}_proj" for n in ("down", "gate_up"))
    made = checkpoint.from_conversions(module, stored, [down])
    assert made == {down: {"op": "stack", "dim": 0, "sources": [
        f"{experts}.0.w2.weight", f"{experts}.1.w2.weight"]}}, made
    try:
        checkpoint.from_conversions(module, stored, [up])
    except lacuna_import.ImportFailure as error:
        assert "MergeModulelist and Concatenate" in str(error), error
    else:
        raise AssertionError("a nested merge was not refused")


def test_module():
    """A module that exists is imported as it is, and left as it was."""
    import torch

    module = models.build("mlp")
    before = {n: t.clone() for n, t in module.state_dict().items()}
    made = lacuna_import.import_model(module, ["x:f32[batch,64]"])
    assert made.outputs == ["output"] and set(made.weights) == set(before)
    assert all(torch.equal(t, before[n]) for n, t in module.state_dict().items())
    fixed = lacuna_import.import_model(module, example_inputs=(torch.zeros(5, 64),))
    assert "tensor<5x64xf32>" in fixed.text and "tensor<?x64xf32>" in made.text


if __name__ == "__main__":
    tests = [(n, t) for n, t in globals().items() if n.startswith("test_")]
    for label, test in tests:
        test()
        print(label, flush=True)
    print(f"{len(tests)} passed")
    sys.exit(0)
