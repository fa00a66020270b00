# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Building a model without its weights.

Under `Weightless`, `torch.empty` gives fake tensors, so a model larger than
memory is built in moments; what is computed (tables of positions or of
frequencies, which are in no checkpoint) stays real, for its values go into the
IR.
"""
import torch
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

LARGEST_REAL = 1 << 24  # elements of a computed table; 64 MiB of f32

_UNINITIALIZED = (
    torch.ops.aten.empty.memory_format, torch.ops.aten.empty_strided.default,
    torch.ops.aten.rand.default, torch.ops.aten.randn.default)


class Weightless(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.fake = FakeTensorMode(allow_non_fake_inputs=True)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        tensors = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        if self._keeps_real(func, tensors, args):
            return func(*args, **kwargs)
        with self.fake:
            args, kwargs = tree_map(self._as_fake, (args, kwargs))
            return func(*args, **kwargs)

    def _as_fake(self, value):
        if isinstance(value, torch.Tensor) and not isinstance(value, FakeTensor):
            return self.fake.from_tensor(value)
        return value

    def _keeps_real(self, func, tensors, args):
        if any(isinstance(t, FakeTensor) for t in tensors):
            return False
        if tensors:
            return True
        if func in _UNINITIALIZED:
            return False
        # A factory that takes a shape: real unless it is a weight's size.
        shape = args[0] if args and isinstance(args[0], (list, tuple)) else ()
        return torch.Size(shape).numel() <= LARGEST_REAL


def take_values(module, fake):
    """Makes every parameter and buffer fake; returns the real values of those
    that are in no checkpoint, by name."""
    values, seen = {}, {}
    for prefix, owner in module.named_modules():
        hidden = owner._non_persistent_buffers_set
        for table in (owner._parameters, owner._buffers):
            for key, tensor in table.items():
                if tensor is None:
                    continue
                name = f"{prefix}.{key}" if prefix else key
                if table is owner._buffers and key in hidden:
                    values[name] = tensor
                if isinstance(tensor, FakeTensor):
                    continue
                if id(tensor) not in seen:
                    seen[id(tensor)] = fake.from_tensor(tensor)
                table[key] = seen[id(tensor)]
    return values
