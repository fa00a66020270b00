# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One step of a transformers decoder, its key-value cache as buffers.

The cache is the library's static one: a fixed maximum of positions, of which a
step writes those in `cache_position` and reads all, masked. As buffers that a
run writes, keys and values become state of the session.
"""
import torch

from . import signature
from .errors import ImportFailure

ATTENTION = "lacuna_grouped"
# What an attention function is told and this one does not have to know.
IGNORED = {"dropout", "is_causal", "position_ids", "cache_position", "sliding_window",
           "past_key_values", "use_cache", "output_attentions", "output_hidden_states",
           "use_kernels", "return_dict"}


def grouped_attention(module, query, key, value, attention_mask, scaling=None, **options):
    """The library's plain attention without copies of the cache: the query
    heads that share a key head are rows of one product."""
    unknown = sorted(k for k, v in options.items() if v is not None and k not in IGNORED)
    if unknown:
        raise ImportFailure(f"the attention of {type(module).__name__} has '{unknown[0]}', "
                            "which a decoding step does not have")
    batch, heads, length, width = query.shape
    shared = key.shape[1]
    group = heads // shared
    scaling = width ** -0.5 if scaling is None else scaling
    rows = query.reshape(batch * shared, group * length, width)
    scores = torch.bmm(rows, key.flatten(0, 1).transpose(1, 2)) * scaling
    if attention_mask is not None:
        scores = scores.view(batch, shared, group * length, -1)
        if length > 1:
            attention_mask = attention_mask.repeat(1, 1, group, 1)
        scores = (scores + attention_mask).flatten(0, 1)
    weights = torch.nn.functional.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    mixed = torch.bmm(weights, value.flatten(0, 1)).reshape(batch, heads, length, -1)
    return mixed.transpose(1, 2).contiguous(), None


def choose_attention(cls):
    """The name of an attention implementation for models of the class."""
    if not getattr(cls, "_supports_sdpa", False):
        return "eager"
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(ATTENTION, grouped_attention)
    ALL_MASK_ATTENTION_FUNCTIONS.register(ATTENTION, eager_mask)
    return ATTENTION


def check(module, max_length, batch):
    if not getattr(module, "can_generate", lambda: False)():
        raise ImportFailure(f"{type(module).__name__} does not generate text: a decoding "
                            "step needs a model such as LlamaForCausalLM, named in the "
                            "'architectures' of its config.json")
    for name, number in (("--max-length", max_length), ("--batch", batch)):
        if not isinstance(number, int) or number < 1:
            raise ImportFailure(f"{name} is {number}: expected a positive number")
    positions = getattr(module.config, "max_position_embeddings", None)
    if positions and max_length > positions:
        raise ImportFailure(f"--max-length is {max_length}, but the model has "
                            f"{positions} positions")


def add_cache(module, max_length, batch):
    """Registers the buffers; gives their values, by name, which need no memory
    whatever their size."""
    from transformers.configuration_utils import get_head_shapes

    config = module.config.get_text_config(decoder=True)
    heads, width = get_head_shapes(config)
    layers = config.num_hidden_layers
    heads = heads if isinstance(heads, list) else [heads] * layers
    width = width if isinstance(width, list) else [width] * layers
    values = {}
    for i in range(layers):
        for kind in ("key", "value"):
            name = f"{kind}_cache_{i}"
            shape = (batch, heads[i], max_length, width[i])
            module.register_buffer(name, torch.empty(shape, dtype=module.dtype),
                                   persistent=False)
            values[name] = torch.zeros((), dtype=module.dtype).expand(shape)
    return values


def step_inputs(inputs, batch):
    """What a step takes, by default one token of each row."""
    if not inputs:
        return [signature.Input("input_ids", torch.int64, (batch, 1)),
                signature.Input("cache_position", torch.int64, (1,))]
    if [i.name for i in inputs] != ["input_ids", "cache_position"]:
        raise ImportFailure(
            f"a decoding step takes 'input_ids:i64[{batch},1]' and "
            "'cache_position:i64[1]', or more tokens at a time, and no other input")
    return inputs


def bind_step(module):
    from transformers.cache_utils import Cache, StaticLayer

    class Layer(StaticLayer):
        def __init__(self, keys, values, positions):
            super().__init__(max_cache_len=keys.shape[2])
            self.keys, self.values = keys, values
            self.positions, self.cumulative_length = positions, positions[0]
            self.device, self.dtype = keys.device, keys.dtype
            self.is_initialized = True

        def update(self, key_states, value_states, *args, **kwargs):
            self.keys.index_copy_(2, self.positions, key_states)
            self.values.index_copy_(2, self.positions, value_states)
            return self.keys, self.values

    def bind(tensors):
        positions = tensors["cache_position"]
        layers = module.config.get_text_config(decoder=True).num_hidden_layers
        cache = Cache(layers=[
            Layer(getattr(module, f"key_cache_{i}"), getattr(module, f"value_cache_{i}"),
                  positions) for i in range(layers)])
        return (), {"input_ids": tensors["input_ids"], "past_key_values": cache,
                    "position_ids": positions.unsqueeze(0), "use_cache": True}

    return bind
