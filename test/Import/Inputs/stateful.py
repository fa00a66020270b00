# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Users' modules whose forward changes buffers: these become state."""
import torch
from torch import nn


class Average(nn.Module):
    """Of all that came so far; the count is in the checkpoint."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(4) + 0.5)
        self.register_buffer("count", torch.tensor(2))
        self.register_buffer("total", torch.zeros(4), persistent=False)

    def forward(self, x):
        self.total += x * self.scale
        self.count += 1
        return {"average": self.total / self.count, "count": self.count.clone()}


class Delay(nn.Module):
    """Gives what came before. One buffer is set to an input, and one is read
    only behind its store."""

    def __init__(self):
        super().__init__()
        for name in ("last", "copy", "before"):
            self.register_buffer(name, torch.zeros(2, 3), persistent=False)

    def forward(self, x):
        self.before.copy_(-self.last)
        old = self.copy.clone()
        self.last.copy_(x)
        self.copy.copy_(x * 2)
        return {"old": old, "before": self.before * 2, "last": self.last + 1}


class Ring(nn.Module):
    """The last rows, by position; several are stored at once."""

    def __init__(self):
        super().__init__()
        self.register_buffer("rows", torch.zeros(8, 4), persistent=False)

    def forward(self, x, positions, one):
        self.rows[positions] = x
        self.rows.index_copy_(0, one, x[:1] + 1)
        return self.rows.sum(0)


class Ones(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("product", torch.ones(4), persistent=False)

    def forward(self, x):
        self.product *= x
        return self.product.clone()


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("a", "b"):
            self.register_buffer(name, torch.zeros(4), persistent=False)

    def forward(self, x):
        self.a.copy_(x)
        self.b.copy_(x)
        return self.a + self.b
