# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models of these tests: where lacuna-import finds each, the module with
random weights in PyTorch, and inputs for it. One, `digits`, is written in MLIR."""
import importlib.util
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
DIGITS = os.path.join(HERE, "../../tools/digits/model.mlir")
POINTS = ((3, 16), (2, 5), (1, 2), (1, 1), (2, 1), (1, 63))
# Of models whose batch alone is dynamic, and those that run by every route.
BATCHES = ((1, 1), (3, 1), (17, 1), (64, 1))
POINTS_OF = {"digits": BATCHES, "vit": ((1, 1), (3, 1), (17, 1)),
             "block": (*POINTS, *BATCHES, (17, 4), (64, 3))}
USER = {"mlp": ["--input", "x:f32[batch,64]"], "block": []}
small = dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2,
             num_attention_heads=4, vocab_size=100)
gqa = dict(small, num_key_value_heads=2)
CONFIGS = {
    "gpt2": ("GPT2LMHeadModel", dict(n_embd=64, n_layer=2, n_head=4, vocab_size=100)),
    "llama": ("LlamaForCausalLM", gqa),
    "qwen2": ("Qwen2ForCausalLM", gqa),
    "mistral": ("MistralForCausalLM", dict(gqa, sliding_window=8)),
    "bert": ("BertModel", small),
    "opt": ("OPTForCausalLM", dict(
        hidden_size=64, ffn_dim=128, num_hidden_layers=2, num_attention_heads=4,
        vocab_size=100, word_embed_proj_dim=64)),
    "vit": ("ViTForImageClassification", dict(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        image_size=32, patch_size=8, num_labels=10)),
}
OPTIONS = {"vit": ["--input", "pixel_values:f32[batch,3,32,32]"]}
NAMES = (*USER, "digits", *CONFIGS)
# The matrices of the ffn, by the names of their parameters in the IR; where a
# matrix is stored [in, out] (GPT-2's Conv1D) the contraction is dimension 0.
FFN = {
    "mlp": ["ffn.*.weight"], "block": ["ffn.*.weight"], "digits": ["fc?.weight"],
    "gpt2": ["*.mlp.*.weight"], "llama": ["*.mlp.*.weight"], "qwen2": ["*.mlp.*.weight"],
    "mistral": ["*.mlp.*.weight"],
    "bert": ["*.intermediate.dense.weight", "encoder.layer.?.output.dense.weight"],
    "opt": ["*.fc?.weight"], "vit": ["*.mlp.fc?.weight"],
}
CONTRACTION = {"gpt2": 0}


def source(name, folder):
    """Arguments of lacuna-import; writes what they name into `folder`."""
    if name in USER:
        return [f"{HERE}/Inputs/{name}.py:make_model", *USER[name]]
    config(name).save_pretrained(folder)
    return [folder, *OPTIONS.get(name, [])]


def config(name):
    import transformers

    cls, options = CONFIGS[name]
    made = getattr(transformers, cls).config_class(**options)
    made.architectures = [cls]
    return made


def build(name, **changes):
    """The module; `changes` replace entries of its configuration."""
    if name in USER:
        spec = importlib.util.spec_from_file_location(name, f"{HERE}/Inputs/{name}.py")
        code = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(code)
        made = code.make_model()
        return (made[0] if isinstance(made, tuple) else made).eval()
    if name == "digits":
        return Digits()
    import transformers

    settings = config(name)
    settings._attn_implementation = "eager"
    settings.use_cache = False
    for key, value in changes.items():
        setattr(settings, key, value)
    module = getattr(transformers, CONFIGS[name][0])._from_config(settings).eval()
    randomize(module)
    return module


class Digits(torch.nn.Module):
    """What tools/digits/model.mlir computes, with its weights."""

    def __init__(self):
        super().__init__()
        widths = (64, 512, 512, 10)
        for i in range(3):
            self.add_module(f"fc{i + 1}", torch.nn.Linear(widths[i], widths[i + 1]))
        from safetensors.torch import load_file
        self.load_state_dict(load_file(os.path.join(os.path.dirname(DIGITS), "dense.safetensors")))

    def forward(self, images):
        return {"logits": self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(images)))))}


def points(name):
    return POINTS_OF.get(name, POINTS)


def randomize(module):
    """Larger than the library's initial weights, and biases and norms too, so
    that every part of a model shows in its result."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            else:
                parameter.mul_(4)


def copy(name, module, **changes):
    """Another model with these weights."""
    other = build(name, **changes)
    other.load_state_dict(module.state_dict())
    return other


def without_rotary(name, module):
    """The model with angles of zero."""
    other = copy(name, module)
    other.model.rotary_emb.register_forward_hook(
        lambda _, __, angles: (torch.ones_like(angles[0]), torch.zeros_like(angles[1])))
    return other


def inputs(name, batch, length):
    """{name: tensor}. Where there is room, one row is padded at its start (what
    is causal sees that) and one at its end."""
    if name == "mlp":
        return {"x": torch.randn(batch * length, 64)}
    if name == "digits":
        return {"images": torch.rand(batch, 64)}
    if name == "vit":
        return {"pixel_values": torch.randn(batch, 3, 32, 32)}
    mask = torch.ones(batch, length, dtype=torch.long)
    if batch > 1 and length > 3:
        mask[0, :2] = 0
        mask[1, -3:] = 0
    if name == "block":
        return {"hidden": torch.randn(batch, length, 64), "mask": mask.bool()}
    return {"input_ids": torch.randint(0, 100, (batch, length)), "attention_mask": mask}


def run(module, tensors):
    """{name: result}; what stands at padding is no one's."""
    with torch.no_grad():
        result = module(**tensors)
    if isinstance(result, torch.Tensor):
        return {"output": result}
    return {n: t for n, t in result.items() if isinstance(t, torch.Tensor)}


def at_padding(tensors, result):
    """Positions of an array that no reference says anything about."""
    mask = tensors.get("attention_mask", tensors.get("mask"))
    if mask is None:
        return np.zeros(result.shape, bool)
    absent = mask.numpy() == 0
    if result.ndim == 2:  # one row for each sequence, from its first position
        return np.broadcast_to(absent[:, :1], result.shape)
    return np.broadcast_to(absent[..., None], result.shape)


if __name__ == "__main__":  # NAME FOLDER: the configuration, for lacuna-import
    source(sys.argv[1], sys.argv[2])
