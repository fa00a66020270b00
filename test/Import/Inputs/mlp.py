# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A user's module: an MLP, batch dynamic."""
import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.ffn = nn.ModuleDict({"up": nn.Linear(64, 128), "down": nn.Linear(128, 64)})
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        hidden = torch.relu(self.ffn["up"](x))
        return self.head(x + self.ffn["down"](hidden))


def make_model():
    return MLP()
