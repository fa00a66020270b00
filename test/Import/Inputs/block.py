# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A user's module: a transformer block in plain operations."""
import math

import torch
from torch import nn
from torch.export import Dim


class Block(nn.Module):
    def __init__(self, width=64, heads=4):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.ffn = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, hidden, mask):
        """mask [batch, length] of bool: which positions are there."""
        hidden = hidden + self.attend(self.norm1(hidden), mask)
        return {"hidden": hidden + self.ffn(self.norm2(hidden))}

    def attend(self, x, mask):
        batch, length, width = x.shape
        q, k, v = (
            t.view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for t in self.qkv(x).split(width, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(width // self.heads)
        scores = scores.masked_fill(~mask[:, None, None, :], -1e9)
        mixed = scores.softmax(-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


def make_model():
    examples = torch.zeros(3, 16, 64), torch.ones(3, 16, dtype=torch.bool)
    shape = {0: Dim("batch"), 1: Dim("length")}
    return Block(), examples, {"hidden": shape, "mask": shape}
