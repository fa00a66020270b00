# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a compiled model from Python, with NumPy and ctypes alone:

  python run.py MODEL.so [SIZE]

The model has f32 inputs and outputs; SIZE (default 2) stands for each dynamic
dimension, inputs are all ones. model.safetensors lies beside the model. The
library is found by the loader, or LACUNA_RUNTIME names it.
"""
import ctypes as c
import os
import sys

import numpy as np

rt = c.CDLL(os.environ.get("LACUNA_RUNTIME", "liblacuna_runtime.so.1"))
rt.lacuna_last_error.restype = c.c_char_p


class DLTensor(c.Structure):
    _fields_ = [("data", c.c_void_p), ("device_type", c.c_int32), ("device_id", c.c_int32),
                ("ndim", c.c_int32), ("code", c.c_uint8), ("bits", c.c_uint8),
                ("lanes", c.c_uint16), ("shape", c.POINTER(c.c_int64)),
                ("strides", c.POINTER(c.c_int64)), ("byte_offset", c.c_uint64)]


class TensorInfo(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype_name", c.c_char_p), ("code", c.c_uint8),
                ("bits", c.c_uint8), ("lanes", c.c_uint16), ("ndim", c.c_int32),
                ("shape", c.POINTER(c.c_int64)), ("symbols", c.POINTER(c.c_char_p)),
                ("layout", c.c_char_p)]


class FunctionInfo(c.Structure):
    _fields_ = [("name", c.c_char_p),
                ("num_inputs", c.c_size_t), ("inputs", c.POINTER(TensorInfo)),
                ("num_outputs", c.c_size_t), ("outputs", c.POINTER(TensorInfo))]


def check(status):
    if status != 0:
        raise RuntimeError(rt.lacuna_last_error().decode())


def views(arrays):
    """DLPack tensors over contiguous f32 arrays, which must outlive them."""
    tensors = (DLTensor * max(len(arrays), 1))()
    for tensor, array in zip(tensors, arrays):
        assert array.flags.c_contiguous and array.dtype == np.float32
        tensor.data, tensor.device_type, tensor.ndim = array.ctypes.data, 1, array.ndim
        tensor.code, tensor.bits, tensor.lanes = 2, 32, 1
        tensor.shape = (c.c_int64 * max(array.ndim, 1))(*array.shape)
    return tensors


def run(path, size):
    model, session, info = c.c_void_p(), c.c_void_p(), FunctionInfo()
    check(rt.lacuna_model_load(path.encode(), c.byref(model)))
    check(rt.lacuna_session_create(model, None, c.byref(session)))
    check(rt.lacuna_model_function(model, None, c.byref(info)))

    inputs = [np.ones([size if d < 0 else d for d in t.shape[:t.ndim]], np.float32)
              for t in info.inputs[:info.num_inputs]]
    ins = views(inputs)
    ranks = [t.ndim for t in info.outputs[:info.num_outputs]]
    dims = (c.c_int64 * max(sum(ranks), 1))()
    check(rt.lacuna_session_output_shapes(session, None, ins, c.c_size_t(len(inputs)), dims,
                                          c.c_size_t(sum(ranks))))
    ends = np.cumsum(ranks)
    outputs = [np.empty(dims[end - rank:end], np.float32) for rank, end in zip(ranks, ends)]
    check(rt.lacuna_session_run(session, None, ins, c.c_size_t(len(inputs)), views(outputs),
                                c.c_size_t(len(outputs)), None))
    for i, output in enumerate(outputs):
        print(info.outputs[i].name.decode() + ":", *(f"{v:g}" for v in output.ravel()))
    rt.lacuna_session_destroy(session)
    rt.lacuna_model_destroy(model)


if len(sys.argv) < 2:
    sys.exit(f"usage: {sys.argv[0]} MODEL.so [SIZE]")
run(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
