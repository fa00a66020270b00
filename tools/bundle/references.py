# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole models in float64, by NumPy: what their artifacts are compared with.
Weights are {name: float64}, as the compiled model has them (rounded, pruned)."""
import math

import numpy as np

ERF = np.vectorize(math.erf, otypes=[np.float64])


def gelu(x):
    return x * 0.5 * (1 + ERF(x * math.sqrt(0.5)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def norm(x, w, name, eps):
    c = x - x.mean(axis=-1, keepdims=True)
    return c / np.sqrt((c * c).mean(axis=-1, keepdims=True) + eps) * w[f"{name}.weight"] + w[f"{name}.bias"]


def linear(x, w, name):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def attend(q, k, v, heads, mask):
    """Scores where `mask` ([batch, length]) is false count for nothing."""
    def split(t):
        return t.reshape(t.shape[0], t.shape[1], heads, -1).transpose(0, 2, 1, 3)
    q, k, v = split(q), split(k), split(v)
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    mixed = softmax(np.where(mask[:, None, None, :], scores, -1e9)) @ v
    return mixed.transpose(0, 2, 1, 3).reshape(mask.shape[0], mask.shape[1], -1)


def digits(w, images):
    """tools/digits/model.mlir."""
    h = np.maximum(linear(images, w, "fc1"), 0)
    return linear(np.maximum(linear(h, w, "fc2"), 0), w, "fc3")


def block(w, hidden, mask):
    """test/Integration/Inputs/block.mlir: a transformer block, norms first."""
    q, k, v = np.split(linear(norm(hidden, w, "norm1", 1e-5), w, "qkv"), 3, axis=-1)
    hidden = hidden + linear(attend(q, k, v, 4, mask), w, "out")
    inner = gelu(linear(norm(hidden, w, "norm2", 1e-5), w, "ffn.0"))
    return hidden + linear(inner, w, "ffn.2")


def minilm(w, ids, mask):
    """tools/minilm/model.mlir: BERT of 6 layers, the mean over tokens, length 1."""
    h = (w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0] +
         w["embeddings.position_embeddings.weight"][:ids.shape[1]])
    h = norm(h, w, "embeddings.LayerNorm", 1e-12)
    for i in range(6):
        p = f"encoder.layer.{i}."
        q, k, v = (linear(h, w, f"{p}attention.self.{part}") for part in ("query", "key", "value"))
        mixed = linear(attend(q, k, v, 12, mask.astype(bool)), w, f"{p}attention.output.dense")
        h = norm(h + mixed, w, f"{p}attention.output.LayerNorm", 1e-12)
        inner = linear(gelu(linear(h, w, f"{p}intermediate.dense")), w, f"{p}output.dense")
        h = norm(h + inner, w, f"{p}output.LayerNorm", 1e-12)
    mean = (h * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)
