# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Inputs of a model as the user writes them: `ids:i64[batch,length]`.

A dimension that is a word is dynamic and has that name; equal names are equal
sizes. The names go into the IR and become checks at the entry.
"""
import dataclasses
import re

import torch

from .errors import ImportFailure

DTYPES = {
    "f64": torch.float64, "f32": torch.float32, "f16": torch.float16,
    "bf16": torch.bfloat16, "i64": torch.int64, "i32": torch.int32,
    "i16": torch.int16, "i8": torch.int8, "i1": torch.bool,
}
# Sizes that dynamic dimensions have while tracing, by order of appearance:
# distinct, so that two names are never taken for one.
SAMPLE_SIZES = (3, 16, 5, 7, 11, 13, 17, 19)


@dataclasses.dataclass
class Input:
    """One tensor argument; `dims` holds an int or a name for each dimension."""

    name: str
    dtype: torch.dtype
    dims: tuple
    example: object = None  # the user's own tensor


def parse_input(text):
    match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*:\s*(\w+)\s*\[(.*)\]\s*", text)
    if not match:
        raise ImportFailure(
            f"'{text}' is no input: expected NAME:TYPE[DIMENSIONS], as in "
            "'x:f32[batch,64]'")
    name, dtype, dims = match.groups()
    if dtype not in DTYPES:
        raise ImportFailure(
            f"input '{name}' has the unknown type '{dtype}': expected one of "
            + ", ".join(DTYPES))
    return Input(name, DTYPES[dtype], tuple(
        parse_dim(name, d.strip()) for d in dims.split(",")) if dims.strip() else ())


def parse_dim(name, text):
    if re.fullmatch(r"[0-9]+", text) and int(text) > 0:
        return int(text)
    if re.fullmatch(r"[A-Za-z_]\w*", text):
        return text
    raise ImportFailure(
        f"input '{name}' has the dimension '{text}': expected a positive "
        "number, or a word for a dynamic dimension")


def from_examples(names, tensors, shapes):
    """Inputs from example tensors and torch.export's `dynamic_shapes`."""
    inputs = []
    for name, tensor, shape in zip(names, tensors, shapes):
        dims = list(tensor.shape)
        entries = shape.items() if isinstance(shape, dict) else enumerate(shape or ())
        for i, dim in entries:
            if dim is None or isinstance(dim, int):
                continue
            if isinstance(dim, str):
                dims[i] = dim
                continue
            dims[i] = getattr(dim, "__name__", None)
            if dims[i] is None or type(dim).__name__ == "_DimHint":
                dims[i] = f"{name.replace('.', '_')}_{i}"
        inputs.append(Input(name, tensor.dtype, tuple(dims), tensor))
    return inputs


def make_examples(inputs):
    """A tensor for each input, with one size per name."""
    sizes = {}
    for i in inputs:
        for position, d in enumerate(i.dims):
            if isinstance(d, str) and d not in sizes:
                sizes[d] = (i.example.shape[position] if i.example is not None
                            else SAMPLE_SIZES[len(sizes) % len(SAMPLE_SIZES)])
    return [i.example if i.example is not None else torch.zeros(
        [sizes.get(d, d) for d in i.dims], dtype=i.dtype) for i in inputs]
