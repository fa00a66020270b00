# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stores at positions that are data, as PyTorch writes them."""
from torch import nn


def module(run):
    """A module whose forward is the function `run`."""
    return type("Module", (nn.Module,), {"forward": staticmethod(run)})()


def Scatter():
    return module(lambda x, i, v: x.scatter(1, i, v))


def ScatterRows():
    return module(lambda x, i, v: x.scatter(0, i, v))


def ScatterScalar():
    return module(lambda x, i, v: x.scatter(-1, i, 0.1) + v.sum())


def ScatterAdd():
    return module(lambda x, i, v: x.scatter_add(1, i, v))


def IndexPut():
    return module(lambda x, i, v: x.index_put((i,), v))


def IndexPutScalar():
    def run(x, i, v):
        x = x + v.sum()
        x[:, i] = 3.0
        return x
    return module(run)


def IndexPutPairs():
    return module(lambda x, i, v: x.index_put((i, i % 3), v))


def IndexPutMatrix():
    return module(lambda x, i, v: x.index_put((i,), v))


def IndexPutAdd():
    return module(lambda x, i, v: x.index_put((i,), v, accumulate=True))


def IndexAdd():
    return module(lambda x, i, v: x.index_add(1, i, v))


def IndexCopy():
    return module(lambda x, i, v: x.index_copy(0, i, v))


# Types and shapes of x, i and v; the size of the dimension that i is for;
# whether a position may occur twice (PyTorch then leaves open which value
# stays, and this project takes the last one).
CASES = {
    "Scatter": ("f32[batch,32]", "i64[batch,5]", "f32[batch,5]", 32, False),
    "ScatterRows": ("f32[7,batch]", "i64[3,batch]", "f32[3,batch]", 7, False),
    "ScatterScalar": ("f32[batch,9]", "i64[batch,4]", "f32[2]", 9, True),
    "ScatterAdd": ("f32[batch,32]", "i64[batch,50]", "f32[batch,50]", 32, True),
    "IndexPut": ("f32[32,16]", "i64[n]", "f32[n,16]", 32, False),
    "IndexPutScalar": ("f32[6,32]", "i64[n]", "f32[2]", 32, True),
    "IndexPutPairs": ("f32[32,16]", "i64[n]", "f32[n]", 32, False),
    "IndexPutMatrix": ("f32[32,16]", "i64[3,2]", "f32[3,2,1]", 32, False),
    "IndexPutAdd": ("f32[32,16]", "i64[n]", "f32[16]", 32, True),
    "IndexAdd": ("f32[3,8]", "i64[n]", "f32[3,n]", 8, True),
    "IndexCopy": ("f32[32,16]", "i64[7]", "f32[7,16]", 32, False),
}
