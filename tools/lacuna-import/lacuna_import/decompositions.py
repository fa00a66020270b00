# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where torch-mlir's own decomposition is correct but costly, a plainer one.

It computes the variance of a LayerNorm in f64 and the largest element of a
softmax with its index, and leaves small powers to `math.fpowi`. Its extrema of
two values and its clamp lose a NaN.
"""
import math

import torch
from torch_mlir.extras.fx_decomp_util import get_decomposition_table

aten = torch.ops.aten


def _accumulation_type(x):
    return torch.float32 if x.dtype in (torch.float16, torch.bfloat16) else x.dtype


def native_layer_norm(x, shape, weight, bias, eps):
    dims = list(range(x.dim() - len(shape), x.dim()))
    wide = x.to(_accumulation_type(x))
    mean = wide.mean(dims, keepdim=True)
    centered = wide - mean
    variance = (centered * centered).mean(dims, keepdim=True)
    scale = torch.rsqrt(variance + eps)
    result = centered * scale
    if weight is not None:
        result = result * weight
    if bias is not None:
        result = result + bias
    return result.to(x.dtype), mean, scale


def softmax(x, dim, half_to_float):
    result_type = torch.float32 if half_to_float else x.dtype
    wide = x.to(torch.float32 if half_to_float else _accumulation_type(x))
    powers = torch.exp(wide - torch.amax(wide, [dim], keepdim=True))
    return (powers / torch.sum(powers, [dim], keepdim=True)).to(result_type)


def pow_scalar(x, exponent):
    if not x.dtype.is_floating_point:
        return NotImplemented
    if exponent == 2:
        return x * x
    if exponent == 3:
        return x * x * x
    if exponent == 4:
        square = x * x
        return square * square
    if exponent == 0.5:
        return torch.sqrt(x)
    if exponent == -0.5:
        return torch.rsqrt(x)
    return NotImplemented


def gelu(x, approximate="none"):
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x))
        return 0.5 * x * (1 + torch.tanh(inner))
    return 0.5 * x * (1 + torch.erf(x * math.sqrt(0.5)))


def maximum(a, b):
    if not a.dtype.is_floating_point:
        return NotImplemented
    return torch.where((a > b) | (a != a), a, b)


def minimum(a, b):
    if not a.dtype.is_floating_point:
        return NotImplemented
    return torch.where((a < b) | (a != a), a, b)


def clamp(x, low=None, high=None):
    if not x.dtype.is_floating_point:
        return NotImplemented
    if low is not None:
        x = torch.where(x < low, low, x)
    if high is not None:
        x = torch.where(x > high, high, x)
    return x


def table():
    return get_decomposition_table() | {
        aten.native_layer_norm.default: native_layer_norm,
        aten._softmax.default: softmax,
        aten.pow.Tensor_Scalar: pow_scalar,
        aten.gelu.default: gelu,
        aten.maximum.default: maximum,
        aten.minimum.default: minimum,
        aten.clamp.default: clamp,
        aten.clamp_min.default: clamp,
        aten.hardtanh.default: lambda x, low=-1, high=1: clamp(x, low, high),
        aten.clamp_max.default: lambda x, high: clamp(x, high=high),
    }
