# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An imported model through upstream's passes alone, to plain loops: the proof
of the importer that needs nothing of the compiler.

  plain_loops.py NAME...        builds, runs and compares with PyTorch
"""
import ctypes
import itertools
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import torch

import models

PIPELINE = "builtin.module(" + ",".join("""
func.func(llvm-request-c-wrappers) func.func(linalg-generalize-named-ops)
empty-tensor-to-alloc-tensor convert-tensor-to-linalg
one-shot-bufferize{bufferize-function-boundaries=1~function-boundary-type-conversion=identity-layout-map}
func.func(buffer-hoisting) buffer-deallocation-pipeline
convert-bufferization-to-memref func.func(convert-linalg-to-loops)
expand-strided-metadata lower-affine convert-scf-to-cf
math-expand-ops{ops=fpowi} convert-math-to-llvm convert-math-to-libm
expand-strided-metadata lower-affine convert-arith-to-llvm
finalize-memref-to-llvm convert-func-to-llvm convert-cf-to-llvm
convert-ub-to-llvm convert-index-to-llvm reconcile-unrealized-casts
""".split()).replace("~", " ") + ")"
LIBRARIES = os.environ.get("LLVM_LIB_DIR", "/usr/lib/llvm-22/lib")
TOLERANCE = 1e-5


def with_blobs(text, weights):
    """The text with the values of its weights in it."""
    names = sorted(set(re.findall(r'dense_resource<"?([^">]+)"?>', text)))
    lines = [f'      "{n}": "0x10000000{weights[n].numpy().tobytes().hex()}"' for n in names]
    return text + "\n{-#\n  dialect_resources: {\n    builtin: {\n" + ",\n".join(
        lines) + "\n    }\n  }\n#-}\n"


def without_expand_shapes(text):
    """MLIR 22.1.8's expand-strided-metadata crashes where a group of an
    expand_shape has two dynamic dimensions: reshapes, for this proof."""
    count = itertools.count()

    def rewrite(match):
        result, source, sizes, before, after = match.groups()
        if not sizes:
            return match.group(0)
        lines, n = [], next(count)
        sizes = sizes.split(", ")
        for i, size in enumerate(sizes):
            if not size.startswith("%"):
                lines.append(f"%shape{n}_{i} = arith.constant {size} : index")
                sizes[i] = f"%shape{n}_{i}"
        shape = f"tensor<{len(sizes)}xindex>"
        lines += [f"%shape{n} = tensor.from_elements {', '.join(sizes)} : {shape}",
                  f"{result} = tensor.reshape {source}(%shape{n}) : ({before}, {shape}) -> {after}"]
        return "\n".join(lines)

    return re.sub(r"(%\w+) = tensor\.expand_shape (%[\w#]+) \[\[.*?\]\] output_shape "
                  r"\[(.*?)\] : (\S+) into (tensor<[^>]*>)", rewrite, text)


def compile_loops(text, folder):
    with open(f"{folder}/m.mlir", "w") as f:
        f.write(without_expand_shapes(text))
    subprocess.run(["mlir-opt-22", f"{folder}/m.mlir", "--allow-unregistered-dialect",
                    f"--pass-pipeline={PIPELINE}", "-o", f"{folder}/m.llvm.mlir"], check=True)
    subprocess.run(["mlir-translate-22", "--mlir-to-llvmir", f"{folder}/m.llvm.mlir",
                    "-o", f"{folder}/m.ll"], check=True)
    subprocess.run(["clang-22", "-O1", "-w", "-shared", "-fPIC", f"{folder}/m.ll",
                    f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-lmlir_c_runner_utils",
                    "-lmlir_float16_utils", "-lm", "-o", f"{folder}/m.so"], check=True)
    return ctypes.CDLL(f"{folder}/m.so")


def descriptor(rank):
    class Descriptor(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("aligned", ctypes.c_void_p),
                    ("offset", ctypes.c_int64), ("sizes", ctypes.c_int64 * rank),
                    ("strides", ctypes.c_int64 * rank)]
    return Descriptor


def memref(array):
    index = ctypes.c_int64 * array.ndim
    return descriptor(array.ndim)(
        array.ctypes.data, array.ctypes.data, 0, index(*array.shape),
        index(*[s // array.itemsize for s in array.strides]))


def call(library, arguments, ranks):
    class Results(ctypes.Structure):
        _fields_ = [(f"r{i}", descriptor(r)) for i, r in enumerate(ranks)]
    results, inputs = Results(), [memref(a) for a in arguments]
    library._mlir_ciface_main(ctypes.byref(results), *map(ctypes.byref, inputs))
    found = []
    for name, _ in Results._fields_:
        result = getattr(results, name)
        found.append(np.ctypeslib.as_array(
            ctypes.cast(result.aligned, ctypes.POINTER(ctypes.c_float)),
            shape=tuple(result.sizes)))
    return found


def check(name, folder):
    import lacuna_import

    seed = int.from_bytes(os.urandom(4), "little")
    torch.manual_seed(seed)
    print(f"{name}: seed {seed}", flush=True)
    module = models.build(name)
    model, *options = models.source(name, folder)
    imported = lacuna_import.import_model(model, options[1::2])
    weights = {n: t.detach().contiguous() for n, t in module.state_dict().items()}
    library = compile_loops(with_blobs(imported.text, weights), folder)
    for batch, length in models.POINTS:
        tensors = models.inputs(name, batch, length)
        expected = models.run(module, tensors)
        assert list(expected) == imported.outputs, (list(expected), imported.outputs)
        actual = call(library, [t.numpy() for t in tensors.values()],
                      [t.dim() for t in expected.values()])
        for (output, want), got in zip(expected.items(), actual):
            skipped = models.at_padding(tensors, want)
            np.testing.assert_allclose(
                np.where(skipped, 0, got), np.where(skipped, 0, want.numpy()),
                rtol=TOLERANCE, atol=TOLERANCE,
                err_msg=f"{name} batch {batch} length {length} {output}")
    print(f"{name}: matches PyTorch at {len(models.POINTS)} points", flush=True)


def main():
    for name in sys.argv[1:] or models.NAMES:
        with tempfile.TemporaryDirectory() as folder:
            check(name, folder)


if __name__ == "__main__":
    main()
