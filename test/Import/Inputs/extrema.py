# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Extrema of two values, of rows and of a value and bounds."""
import torch
from torch.nn import Module, functional


class Extrema(Module):
    def forward(self, x, y):
        return (torch.maximum(x, y), torch.minimum(x, y), x.clamp(-0.3, 0.7), x.clamp(min=0.1), x.clamp_max(0.2),
                functional.relu6(x), x.amax(1), x.to(torch.bfloat16).clamp(-0.3, 2).float())
