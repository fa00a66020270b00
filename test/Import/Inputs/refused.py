# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules that do not import. Tests look for the numbers of these lines."""
import torch
from torch import nn


class Unknown(nn.Module):
    def forward(self, x):
        return torch.special.bessel_j0(x)  # line 9


class Sorts(nn.Module):
    def forward(self, x):
        return torch.sort(x, dim=-1).values  # line 14


class Branches(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x  # line 19


class Fixes(nn.Module):
    def forward(self, x):
        return x + torch.ones(3, 64)


def fails():
    raise ValueError("no such file")  # line 28


not_a_module = dict


class Selects(nn.Module):
    def forward(self, x):
        return x[x > 0]  # line 36


class Unsigned(nn.Module):
    def forward(self, x):
        return x.to(torch.uint8)  # line 41


class Inverts(nn.Module):
    def forward(self, x):
        return torch.linalg.inv(x)  # line 46


class Remainder(nn.Module):
    def forward(self, x):
        return torch.fmod(x, 3)  # line 51
