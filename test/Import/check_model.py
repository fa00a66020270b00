# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An imported model as binaries for the CPU and for a GPU, which the emulator
runs, against PyTorch.

  check_model.py NAME

Compares at all points, with padding, with dense weights and with every weight
of the ffn as 2:4 (against PyTorch on the pruned weights). Then the controls:
with its mask, rotary embedding, window or pruning taken out, PyTorch no longer
agrees, so a binary without them would not have passed. What was found goes to
.lacuna/models, from which `tools/dev status` writes the table in docs/Import.md.
"""
import ctypes
import dataclasses
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file

import models

sys.path.insert(0, os.path.join(models.HERE, "../Integration"))
from lacuna_test.runtime import Model, TensorInfo, compile_model  # noqa: E402

ROOT = os.path.join(models.HERE, "../..")
IMPORTER = f"{ROOT}/tools/lacuna-import/lacuna-import"
GPU = "sm_80"
# f32: of each element, absolute and relative. Where operands of contractions are
# rounded (to 8 or 11 bits), the norm of the difference to that of the result.
TOLERANCES = {"f32": 1e-5, "bf16": 2.0**-5, "tf32": 2.0**-8}


@dataclasses.dataclass
class Variant:
    """One way to compile a model."""
    device: str  # cpu or emulator
    precision: str
    sparse: bool = False
    route: str = ""  # forced on everything that has a layout

    def __str__(self):
        return f"{self.device} {self.precision}" + (" 2:4" if self.sparse else "") + (
            f" {self.route}" if self.route else "")


def variants(name):
    yield Variant("cpu", "f32")
    yield Variant("emulator", "f32")
    yield Variant("emulator", "bf16")
    yield Variant("cpu", "f32", True)
    yield Variant("cpu", "f32", True, "sparse-tensor")
    yield Variant("cpu", "f32", True, "vector")
    yield Variant("emulator", "bf16", True, "tensor-core")
    if name not in ("block", "digits"):
        return
    yield Variant("emulator", "tf32")
    yield Variant("cpu", "f32", True, "dense")
    yield Variant("cpu", "bf16", True)
    yield Variant("cpu", "bf16", True, "sparse-tensor")
    yield Variant("cpu", "bf16", True, "vector")
    yield Variant("emulator", "f32", True)
    yield Variant("emulator", "f32", True, "dense")
    yield Variant("emulator", "bf16", True)
    yield Variant("emulator", "bf16", True, "dense")


def ffn_weights(name, module):
    """{parameter: its contraction} of the ffn's matrices."""
    found = {n: models.CONTRACTION.get(name, 1) for n, p in module.named_parameters()
             if p.dim() == 2 and any(fnmatch.fnmatchcase(n, g) for g in models.FFN[name])}
    assert len(found) >= 2, found
    return found


def prune(weight, dim):
    """2:4 along `dim` by magnitude."""
    groups = weight.movedim(dim, -1)
    shape = groups.shape
    groups = groups.reshape(-1, 4)
    kept = groups.abs().topk(2, dim=1).indices
    mask = torch.zeros_like(groups).scatter_(1, kept, 1.0)
    return (groups * mask).reshape(shape).movedim(-1, dim).contiguous()


def import_model(name, folder):
    """The model's MLIR, as a user gets it; its parameters file is beside it."""
    if name == "digits":
        return models.DIGITS
    subprocess.run([IMPORTER, *models.source(name, f"{folder}/source"), "-o",
                    f"{folder}/model.mlir"], check=True)
    return f"{folder}/model.mlir"


def write_weights(module, mlir, path):
    """The arguments of lacuna-compile that name the weights."""
    names = mlir.removesuffix(".mlir") + ".params.json"
    renamed = {}
    if os.path.exists(names):
        with open(names) as f:
            renamed = json.load(f)["tensors"]
    save_file({n: t.detach().clone().contiguous() for n, t in module.state_dict().items()
               if n not in renamed}, path)
    return ["--params", path, *(["--parameters-file", names] if renamed else [])]


def compile_binary(name, variant, mlir, weights, folder):
    arguments = [*weights, f"--precision={variant.precision}"]
    if variant.sparse:
        with open(f"{folder}/rules.json", "w") as f:
            json.dump({glob: "nm<2:4>" for glob in models.FFN[name]}, f)
        arguments += ["--layouts", f"{folder}/rules.json"]
    if variant.route:
        arguments += ["--force-route", variant.route]
    path = f"{folder}/{str(variant).replace(' ', '-').replace(':', '')}"
    if variant.device == "cpu":
        compile_model(mlir, path, *arguments, targets=["cpu"])
        return Model(f"{path}.so", device="cpu")
    # The emulator runs the PTX, which need not be assembled.
    compile_model(mlir, path, *arguments, "--no-cubin", targets=[GPU])
    return Model(f"{path}.so", device=f"emulator:{GPU}")


def laid_out(binary):
    """Names of the binary's weights that have a layout."""
    found, info = set(), TensorInfo()
    binary.lib.lacuna_model_num_weights.restype = ctypes.c_size_t
    for i in range(binary.lib.lacuna_model_num_weights(binary.model)):
        binary.check(binary.lib.lacuna_model_weight_at(
            binary.model, ctypes.c_size_t(i), ctypes.byref(info)))
        if info.layout:
            found.add(info.name.decode())
    return found


def check_counters(variant, binary):
    """The instructions that the variant is there for were executed."""
    if variant.device == "cpu":
        return
    counters = binary.counters()
    rounded = variant.precision != "f32"
    skips = rounded and variant.sparse and variant.route != "dense"
    if variant.route or not variant.sparse:  # otherwise the plan may decide
        assert (counters["mma.sp"] > 0) == bool(skips), (str(variant), counters)
    assert (counters["mma"] + counters["mma.sp"] > 0) == rounded, (str(variant), counters)


def difference(expected, actual, tensors, precision="f32"):
    """How far apart the results are where there is no padding; see TOLERANCES.
    In f32 the largest |a - e| / (1 + |e|), which is at most the tolerance when
    both bounds hold, for they are equal."""
    largest = 0.0
    for want, got in zip(expected.values(), actual):
        assert want.shape == got.shape, (want.shape, got.shape)
        want = want.double().numpy()
        counts = ~models.at_padding(tensors, want)
        assert np.isfinite(got[counts]).all()
        if precision == "f32":
            error = (np.abs(got - want) / (1 + np.abs(want)))[counts].max(initial=0)
        else:
            error = np.linalg.norm((got - want)[counts]) / max(np.linalg.norm(want[counts]), 1e-30)
        largest = max(largest, float(error))
    return largest


def controls(name, module, sparse, dense):
    """{what is taken out: PyTorch's model without it}."""
    def without_mask(**tensors):
        key = "mask" if name == "block" else "attention_mask"
        return module(**{**tensors, key: torch.ones_like(tensors[key])})

    found = {}
    if name not in ("mlp", "digits", "vit"):
        found["mask"] = without_mask
    if name in ("llama", "qwen2", "mistral"):
        found["rotary"] = models.without_rotary(name, module)
    if name == "mistral":
        found["window"] = models.copy(name, module, sliding_window=None)
    if sparse:
        found["pruning"] = dense
    return found


def check_variant(name, variant, binary, module, dense):
    """Compares at all points; gives the largest difference."""
    expected = set(ffn_weights(name, module)) if variant.sparse else set()
    assert laid_out(binary) == expected, (laid_out(binary), expected)
    binary.reset_counters()  # sessions on one device count together
    outputs = [binary.info.outputs[i].name.decode() for i in range(binary.info.num_outputs)]
    inputs = [binary.info.inputs[i].name.decode() for i in range(binary.info.num_inputs)]
    without = controls(name, module, variant.sparse, dense)
    apart, largest = dict.fromkeys(without, 0.0), 0.0
    for batch, length in models.points(name):
        tensors = models.inputs(name, batch, length)
        expected = models.run(module, tensors)
        assert outputs == list(expected) and inputs == list(tensors), (outputs, inputs)
        actual = binary.run(*[t.numpy() for t in tensors.values()])
        error = difference(expected, actual, tensors, variant.precision)
        tolerance = TOLERANCES[variant.precision]
        assert error <= tolerance, f"{name} {variant} {batch}x{length} differs by {error:.1e}"
        largest = max(largest, error)
        for out, other in without.items():
            apart[out] = max(apart[out], difference(
                models.run(other, tensors), actual, tensors, variant.precision))
    for out, error in apart.items():
        # A control is far from what is exact; from what is rounded, further than that.
        least = 10 * tolerance if variant.precision == "f32" else 2 * largest
        assert error > least, f"{name} {variant}: the {out} makes no difference here ({error:.1e})"
    check_counters(variant, binary)
    print(f"{name}: {variant}: {largest:.1e} from PyTorch at {len(models.points(name))} points, "
          f"not without: {', '.join(apart) or '-'}", flush=True)
    return largest


def check(name, folder):
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"{name}: seed {seed}", flush=True)
    dense = models.build(name)
    pruned = models.copy(name, dense)
    weights = dict(pruned.named_parameters())
    with torch.no_grad():
        for n, dim in ffn_weights(name, pruned).items():
            weights[n].copy_(prune(weights[n], dim))
    mlir = import_model(name, folder)
    files = {sparse: write_weights(module, mlir, f"{folder}/{sparse}.safetensors")
             for sparse, module in ((False, dense), (True, pruned))}
    found = {}
    for variant in variants(name):
        binary = compile_binary(name, variant, mlir, files[variant.sparse], folder)
        module = pruned if variant.sparse else dense
        found[str(variant)] = check_variant(name, variant, binary, module, dense)
    record = {"name": type(dense).__name__, "transformers": name in models.CONFIGS,
              "dynamic": [d for d in ("batch", "length") if d == "batch" or name not in (
                  "mlp", "digits", "vit")], "largest": found}
    os.makedirs(f"{ROOT}/.lacuna/models", exist_ok=True)
    with open(f"{ROOT}/.lacuna/models/{name}.json", "w") as f:
        json.dump(record, f, indent=1)
    print(f"{name}: matches PyTorch in {len(found)} variants")


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in models.NAMES:
        sys.exit(f"usage: check_model.py NAME, one of {', '.join(models.NAMES)}")
    with tempfile.TemporaryDirectory() as folder:
        check(sys.argv[1], folder)


if __name__ == "__main__":
    main()
