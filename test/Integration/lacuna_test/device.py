# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The device of a session for tests: its memory, streams and graphs, by the
table of lacuna/DeviceABI.h."""
import ctypes as ct

from .runtime import DLDevice, DLTensor

P, U32, U64 = ct.c_void_p, ct.c_uint32, ct.c_uint64
STATUS = ct.c_int32


def function(*arguments, result=STATUS):
    return ct.CFUNCTYPE(result, *arguments)


class Table(ct.Structure):
    _fields_ = [
        ("abi_version", U32), ("name", ct.c_char_p), ("type", ct.c_int32),
        ("last_error", function(result=ct.c_char_p)),
        ("open", P), ("close", P), ("architecture", P), ("description", P),
        ("ordinal", function(P, result=ct.c_int32)),
        ("allocate", function(P, U64, P, ct.POINTER(P))),
        ("release", function(P, P, P)),
        ("copy", function(P, P, P, U64, ct.c_int, P)),
        ("fill", function(P, P, U32, U32, U64, P)),
        ("stream_create", function(P, ct.POINTER(P))),
        ("stream_destroy", function(P, P, result=None)),
        ("stream_synchronize", function(P, P)),
        ("stream_wait_event", P), ("event_create", P), ("event_destroy", P), ("event_record", P),
        ("event_synchronize", P), ("event_elapsed", P), ("module_load", P), ("module_destroy", P),
        ("module_kernel", P), ("launch", P),
        ("capture_begin", function(P, P)),
        ("capture_end", function(P, P, ct.POINTER(P))),
        ("graph_launch", function(P, P, P)),
        ("graph_destroy", function(P, P, result=None)),
        ("counters", P), ("counters_reset", P),
        ("memory_info", function(P, ct.POINTER(U64), ct.POINTER(U64)))]


class RunOptions(ct.Structure):
    _fields_ = [("struct_size", ct.c_size_t), ("stream", P), ("arena", P), ("arena_bytes", U64)]


class Device:
    """The device of a Model, with one stream. What it gives lives as long."""

    def __init__(self, model):
        self.model = model
        table, self.handle, self.stream = ct.POINTER(Table)(), P(), P()
        model.check(model.lib.lacuna_session_device_table(model.session, ct.byref(table), ct.byref(self.handle)))
        self.table = table.contents
        self.place = DLDevice(self.table.type, self.table.ordinal(self.handle))
        self.check(self.table.stream_create(self.handle, ct.byref(self.stream)))

    def check(self, status):
        if status:
            raise RuntimeError(self.table.last_error().decode())

    def allocate(self, size, poison=0xFF):
        memory = P()
        self.check(self.table.allocate(self.handle, size, self.stream, ct.byref(memory)))
        if size:
            self.check(self.table.fill(self.handle, memory, poison, 1, size, self.stream))
        return memory

    def upload(self, memory, array):
        if array.nbytes:
            self.check(self.table.copy(self.handle, memory, array.ctypes.data, array.nbytes, 0, self.stream))

    def download(self, array, memory):
        if array.nbytes:
            self.check(self.table.copy(self.handle, array.ctypes.data, memory, array.nbytes, 1, self.stream))
        self.check(self.table.stream_synchronize(self.handle, self.stream))

    def tensor(self, memory, shape, dtype):
        sizes = (ct.c_int64 * max(len(shape), 1))(*shape)
        return DLTensor(memory, self.place, len(shape), dtype, sizes, None, 0)

    def workspace(self, inputs):
        size = U64()
        self.model.check(self.model.lib.lacuna_session_workspace_size(
            self.model.session, None, inputs, ct.c_size_t(len(inputs)), ct.byref(size)))
        return size.value

    def run(self, inputs, outputs, arena=None, size=0):
        """On tensors of the device, in the order of the stream."""
        options = RunOptions(ct.sizeof(RunOptions), self.stream, arena, size)
        self.model.check(self.model.lib.lacuna_session_run_with(
            self.model.session, None, inputs, ct.c_size_t(len(inputs)), outputs, ct.c_size_t(len(outputs)),
            ct.byref(options)))

    def capture(self, body):
        """The graph of what `body` does on the stream."""
        self.check(self.table.capture_begin(self.handle, self.stream))
        graph = P()
        try:
            body()
        except RuntimeError:
            self.table.capture_end(self.handle, self.stream, ct.byref(graph))
            raise
        self.check(self.table.capture_end(self.handle, self.stream, ct.byref(graph)))
        return graph

    def replay(self, graph):
        self.check(self.table.graph_launch(self.handle, graph, self.stream))
