# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
# UNSUPPORTED: sanitizer
"""Tensors of more than 4 GiB and 2^32 elements: the last tile of a contraction
is computed by the emulator. Its kernel is launched by hand, with one block,
whose number is made the last one's in the PTX; all memory that it does not
touch is never given by the system."""
import ctypes as ct
import re
import tempfile

import numpy as np

import gpu_contraction_matrix as matrix
from lacuna_test.device import P, STATUS, Device
from lacuna_test.runtime import compile_model
from lacuna_test.types import load, store

ROWS, TILE, LINE = 16, 64, 64


class Launch(ct.Structure):
    _fields_ = [("grid", ct.c_uint64 * 3), ("block", ct.c_uint32 * 3), ("cluster", ct.c_uint32 * 3),
                ("shared_bytes", ct.c_uint32), ("params", ct.POINTER(P)), ("num_params", ct.c_uint32)]


def descriptor(memory, shape):
    strides = [int(np.prod(shape[i + 1:], dtype=np.int64)) for i in range(len(shape))]
    return [memory.value, memory.value, 0, *shape, *strides]


class Machine(Device):
    def call(self, name, *arguments):
        types = [type(a) if isinstance(a, ct._SimpleCData) else P for a in arguments]
        values = [a if isinstance(a, ct._SimpleCData) else ct.cast(a, P) for a in arguments]
        self.check(ct.CFUNCTYPE(STATUS, P, *types)(getattr(self.table, name))(self.handle, *values))

    def launch(self, ptx, threads, shared, arguments):
        module, kernel = P(), P()
        text = ct.create_string_buffer(ptx.encode())
        self.call("module_load", text, ct.c_size_t(len(ptx)), ct.byref(module))
        (name,) = re.findall(r"\.entry (\S+?)\(", ptx)
        self.call("module_kernel", module, ct.c_char_p(name.encode()), ct.byref(kernel))
        words = [ct.c_uint64(a) for a in arguments]
        params = (P * len(words))(*[ct.addressof(word) for word in words])
        launch = Launch((1, 1, 1), (threads, 1, 1), (0, 0, 0), shared, params, len(words))
        self.call("launch", kernel, ct.byref(launch), self.stream)
        self.check(self.table.stream_synchronize(self.handle, self.stream))


def only_entry(ptx, ragged):
    """The module with one of its kernels."""
    head, *entries = re.split(r"(?=\.visible \.entry )", ptx)
    (entry,) = [e for e in entries if ("$ragged" in e.split("(")[0]) == ragged]
    return head + entry


def check(directory, rng, columns, **changes):
    c = matrix.consistent({**matrix.PLAIN, "bias": False, "residual": "none", "activation": "none", "M": ROWS, "K": LINE,
                           "schedule": (f"{ROWS},{TILE}", "1,2", 2), **changes})
    model, _, w, _, draw = matrix.build(c, directory, rng)
    compile_model(f"{directory}/m.mlir", f"{directory}/m.ptx", "--emit=ptx", "--layouts", f"{directory}/rules.json",
                  *matrix.flags(c), targets=["sm_80"])
    with open(f"{directory}/m.ptx") as file:
        ptx = only_entry(file.read(), c["x_turned"] and columns % 8 != 0)
    block = (columns - 1) // TILE
    ptx, patched = re.subn(r"(mov\.u32\s+(%r\d+), %ctaid\.x;)", rf"\1\n\tadd.u32 \2, \2, {block};", ptx)
    assert patched == 1, ptx

    device = Machine(model)
    depth, first = c["K"], block * TILE
    x_shape = (depth, columns) if c["x_turned"] else (columns, depth)
    x, weight, y = (P() for _ in range(3))
    for memory, size in ((x, 2 * columns * depth), (weight, w.nbytes), (y, 4 * columns * ROWS)):
        device.check(device.table.allocate(device.handle, size, device.stream, ct.byref(memory)))
    device.upload(weight, w)
    part = store(draw((columns - first, depth)), "bf16")
    if c["x_turned"]:
        for k in range(depth):
            device.upload(P(x.value + 2 * (k * columns + first)), np.ascontiguousarray(part[:, k]))
    else:
        device.upload(P(x.value + 2 * first * depth), part)
    arguments = [*descriptor(x, x_shape), *descriptor(weight, w.shape), columns, *descriptor(y, (columns, ROWS))]
    device.launch(ptx, 64, 2 * 128 * (ROWS + TILE), arguments)
    found = np.full((columns - first, ROWS), np.nan, np.float32)
    device.download(found, P(y.value + 4 * first * ROWS))
    expected = load(part, "bf16") @ load(w, "bf16").T
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4, err_msg=str(c))
    for memory in (x, weight, y):
        device.check(device.table.release(device.handle, memory, device.stream))


def main():
    rng = np.random.default_rng()
    many = 2**26 + 2 * TILE  # 4 GiB of results, 2^32 elements of the activation
    with tempfile.TemporaryDirectory() as directory:
        check(directory, rng, many)
        check(directory, rng, many, x_turned=True)
        check(directory, rng, many - 3, x_turned=True)
        check(directory, rng, many - 3)


if __name__ == "__main__":
    main()
