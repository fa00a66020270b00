# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The runtime's C interface for tests: run a model on NumPy arrays, into
poisoned outputs. bf16 arrays are uint16 (see types.py)."""
import ctypes as ct
import os
import subprocess

import numpy as np


class DLDataType(ct.Structure):
    _fields_ = [("code", ct.c_uint8), ("bits", ct.c_uint8), ("lanes", ct.c_uint16)]


class DLDevice(ct.Structure):
    _fields_ = [("device_type", ct.c_int32), ("device_id", ct.c_int32)]


class DLTensor(ct.Structure):
    _fields_ = [("data", ct.c_void_p), ("device", DLDevice), ("ndim", ct.c_int32), ("dtype", DLDataType),
                ("shape", ct.POINTER(ct.c_int64)), ("strides", ct.POINTER(ct.c_int64)), ("byte_offset", ct.c_uint64)]


class TensorInfo(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("dtype_name", ct.c_char_p), ("dtype", DLDataType), ("ndim", ct.c_int32),
                ("shape", ct.POINTER(ct.c_int64)), ("symbols", ct.c_void_p), ("layout", ct.c_char_p)]


class FunctionInfo(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("num_inputs", ct.c_size_t), ("inputs", ct.POINTER(TensorInfo)),
                ("num_outputs", ct.c_size_t), ("outputs", ct.POINTER(TensorInfo))]


class SessionOptions(ct.Structure):
    _fields_ = [("struct_size", ct.c_size_t), ("params", ct.POINTER(ct.c_char_p)), ("num_params", ct.c_size_t),
                ("parameters_file", ct.c_char_p), ("threads", ct.c_int32), ("device", ct.c_char_p)]


# The device that models are compiled for and run on.
DEVICE = os.environ.get("LACUNA_TEST_DEVICE", "cpu")


def target_of(device):
    """What lacuna-compile is told to compile for: any device cuda takes the PTX
    of the lowest architecture."""
    kind, _, architecture = device.partition(":")
    return "cpu" if kind == "cpu" else architecture if architecture.startswith("sm_") else "sm_80"


NUMPY = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": np.uint16, "i64": np.int64,
         "i32": np.int32, "i16": np.int16, "i8": np.int8, "u8": np.uint8, "i1": np.bool_}


def library():
    build = os.environ["LACUNA_BUILD"]
    lib = ct.CDLL(f"{build}/lib/liblacuna_runtime.so.1")
    lib.lacuna_last_error.restype = ct.c_char_p
    return lib


class DeviceInfo(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("description", ct.c_char_p), ("architecture", ct.c_char_p),
                ("target", ct.c_char_p), ("device", DLDevice)]


class Counter(ct.Structure):
    _fields_ = [("name", ct.c_char_p), ("value", ct.c_uint64)]


class Model:
    """A loaded model with its session, on `device` or else on LACUNA_TEST_DEVICE."""

    def __init__(self, path, params=(), threads=0, device=None):
        self.lib = library()
        self.model, self.session = ct.c_void_p(), ct.c_void_p()
        self.check(self.lib.lacuna_model_load(str(path).encode(), ct.byref(self.model)))
        files = (ct.c_char_p * len(params))(*[str(p).encode() for p in params])
        options = SessionOptions(ct.sizeof(SessionOptions), files, len(params), None, threads,
                                 (device or DEVICE).encode())
        self.check(self.lib.lacuna_session_create(self.model, ct.byref(options), ct.byref(self.session)))
        self.info = FunctionInfo()
        self.check(self.lib.lacuna_model_function(self.model, None, ct.byref(self.info)))

    def __del__(self):
        if self.session:
            self.lib.lacuna_session_destroy(self.session)
        if self.model:
            self.lib.lacuna_model_destroy(self.model)

    def check(self, status):
        if status:
            raise RuntimeError(self.lib.lacuna_last_error().decode())

    def target(self):
        """The model's target that runs here."""
        info = DeviceInfo()
        self.check(self.lib.lacuna_session_device(self.session, ct.byref(info)))
        return info.target.decode()

    def counters(self):
        """What the device counted since the last reset, by name."""
        count = ct.c_size_t()
        self.check(self.lib.lacuna_session_counters(self.session, None, ct.c_size_t(0), ct.byref(count)))
        values = (Counter * max(count.value, 1))()
        self.check(self.lib.lacuna_session_counters(self.session, values, count, ct.byref(count)))
        return {value.name.decode(): value.value for value in values[:count.value]}

    def reset_counters(self):
        self.check(self.lib.lacuna_session_counters_reset(self.session))

    def state_info(self, name):
        self.lib.lacuna_model_num_state.restype = ct.c_size_t
        info = TensorInfo()
        for i in range(self.lib.lacuna_model_num_state(self.model)):
            self.check(self.lib.lacuna_model_state_at(self.model, ct.c_size_t(i), ct.byref(info)))
            if info.name.decode() == name:
                return info
        raise KeyError(name)

    def get_state(self, name, poison=0xA5):
        info = self.state_info(name)
        shape = tuple(info.shape[:info.ndim])
        array = np.full(int(np.prod(shape)) * NUMPY[info.dtype_name.decode()]().itemsize, poison, np.uint8)
        array = array.view(NUMPY[info.dtype_name.decode()]).reshape(shape)
        self.keep = []
        tensor = self.tensor(array, info.dtype)
        self.check(self.lib.lacuna_session_state_get(self.session, name.encode(), ct.byref(tensor), None))
        return array

    def set_state(self, name, array):
        self.keep = []
        tensor = self.tensor(np.asarray(array, order="C"), self.state_info(name).dtype)
        self.check(self.lib.lacuna_session_state_set(self.session, name.encode(), ct.byref(tensor), None))

    def reset_state(self, name=None):
        self.check(self.lib.lacuna_session_state_reset(self.session, name and name.encode(), None))

    def tensor(self, array, dtype):
        shape = (ct.c_int64 * max(array.ndim, 1))(*array.shape)
        self.keep += [shape, array]
        return DLTensor(array.ctypes.data, DLDevice(1, 0), array.ndim, dtype, shape, None, 0)

    def run(self, *arrays, poison=0xA5):
        """Outputs for the inputs; every output byte is poisoned before."""
        call, results = self.prepare(*arrays, poison=poison)
        call()
        return results

    def prepare(self, *arrays, poison=0xA5):
        """A call without arguments that runs on these inputs, and the arrays
        that it writes."""
        self.keep = []
        n, m = self.info.num_inputs, self.info.num_outputs
        arrays = [np.asarray(a, order="C") for a in arrays]
        for i, a in enumerate(arrays):
            assert a.dtype == NUMPY[self.info.inputs[i].dtype_name.decode()], (i, a.dtype)
        ins = (DLTensor * max(n, 1))(*[self.tensor(a, self.info.inputs[i].dtype) for i, a in enumerate(arrays)])
        outs = [self.info.outputs[i] for i in range(m)]
        dims = (ct.c_int64 * max(sum(o.ndim for o in outs), 1))()
        count = sum(o.ndim for o in outs)
        self.check(self.lib.lacuna_session_output_shapes(self.session, None, ins, n, dims, ct.c_size_t(count)))
        results, at = [], 0
        for o in outs:
            shape = tuple(dims[at:at + o.ndim])
            at += o.ndim
            result = np.empty(shape, NUMPY[o.dtype_name.decode()])
            if result.size:
                result.reshape(-1).view(np.uint8)[:] = poison
            results.append(result)
        tensors = (DLTensor * max(m, 1))(*[self.tensor(r, o.dtype) for r, o in zip(results, outs)])

        def call(keep=self.keep):
            self.check(self.lib.lacuna_session_run(
                self.session, None, ins, ct.c_size_t(n), tensors, ct.c_size_t(m), None))

        return call, results


def compile_model(path, out, *arguments, targets=()):
    """lacuna-compile, with its diagnostics in the error. LACUNA_TEST_CPU names
    another processor than this one to compile for, LACUNA_TEST_DEVICE a device."""
    command = [os.environ["LACUNA_BUILD"] + "/bin/lacuna-compile", str(path),
               *[f"--target={target}" for target in targets or [target_of(DEVICE)]], "-o", str(out),
               *map(str, arguments)]
    if cpu := os.environ.get("LACUNA_TEST_CPU"):
        command.append(f"--cpu={cpu}")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout
