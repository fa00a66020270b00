# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""all-MiniLM-L6-v2 as a module of PyTorch, from token ids to embeddings; what
make.py imports. The encoder is transformers' own BertModel; pooling and
normalization, which the package describes in modules.json, stand here."""
import os

import torch
from torch.export import Dim
from transformers import BertConfig, BertModel


class Embedder(BertModel):
    """A BertModel by inheritance, so that the weights keep the checkpoint's names."""

    def forward(self, input_ids, attention_mask):
        # Computed, not read from the library's table: no literal of 512 numbers.
        positions = torch.arange(input_ids.shape[1])[None]
        hidden = super().forward(input_ids, attention_mask,
                                 token_type_ids=torch.zeros_like(input_ids),
                                 position_ids=positions).last_hidden_state
        present = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * present).sum(1) / present.sum(1).clamp(min=1e-9)
        return {"embedding": torch.nn.functional.normalize(mean, dim=1)}


def make_config(folder):
    config = BertConfig.from_pretrained(folder)
    config._attn_implementation = "eager"
    return config


def make_model():
    """For lacuna-import; LACUNA_MINILM names the folder of the config.json."""
    model = Embedder(make_config(os.environ["LACUNA_MINILM"]), add_pooling_layer=False)
    examples = torch.ones(3, 16, dtype=torch.int64), torch.ones(3, 16, dtype=torch.int64)
    shape = {0: Dim("batch"), 1: Dim("length", max=model.config.max_position_embeddings)}
    return model, examples, {"input_ids": shape, "attention_mask": shape}


def load(folder):
    """The module with its weights."""
    from safetensors.torch import load_file

    weights = load_file(os.path.join(folder, "model.safetensors"))
    model = Embedder(make_config(folder), add_pooling_layer=False)
    # position_ids and the pooler, which sentence embeddings do not use.
    missing, _ = model.load_state_dict(weights, strict=False)
    if missing:
        raise ValueError(f"{folder}: the checkpoint has no {missing}")
    return model.eval()
