# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An imported model as a CPU binary, against PyTorch.

  check_model.py NAME [--sparse [--route sparse-tensor]]

Compares at all points, with padding. `--sparse` compiles every weight of the
ffn as 2:4 and compares with PyTorch on the pruned weights. Then the controls:
with its mask, rotary embedding, window or pruning taken out, PyTorch no longer
agrees, so a binary without them would not have passed.
"""
import argparse
import ctypes
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

TOLERANCE = 1e-5
IMPORTER = os.path.join(models.HERE, "../../tools/lacuna-import/lacuna-import")


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


def compile_binary(name, module, folder, sparse, route):
    """lacuna-import and lacuna-compile, as a user calls them."""
    subprocess.run([IMPORTER, *models.source(name, f"{folder}/source"), "-o",
                    f"{folder}/model.mlir"], check=True)
    with open(f"{folder}/model.params.json") as f:
        renamed = json.load(f)["tensors"]
    save_file({n: t.detach().clone().contiguous() for n, t in module.state_dict().items()
               if n not in renamed}, f"{folder}/weights.safetensors")
    arguments = ["--params", f"{folder}/weights.safetensors",
                 "--parameters-file", f"{folder}/model.params.json"]
    if sparse:
        with open(f"{folder}/rules.json", "w") as f:
            json.dump({glob: "nm<2:4>" for glob in models.FFN[name]}, f)
        arguments += ["--layouts", f"{folder}/rules.json"]
    if route:
        arguments += ["--force-route", route]
    compile_model(f"{folder}/model.mlir", f"{folder}/model", *arguments)
    return Model(f"{folder}/model.so")


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


def difference(expected, actual, tensors):
    """The largest |a - e| / (1 + |e|) where there is no padding; at most the
    tolerance when both bounds hold, for they are equal."""
    largest = 0.0
    for want, got in zip(expected.values(), actual):
        assert want.shape == got.shape, (want.shape, got.shape)
        want = want.double().numpy()
        counts = ~models.at_padding(tensors, want)
        assert np.isfinite(got[counts]).all()
        error = np.abs(got - want) / (1 + np.abs(want))
        largest = max(largest, float(error[counts].max(initial=0)))
    return largest


def controls(name, module, sparse, dense):
    """{what is taken out: PyTorch's model without it}."""
    def without_mask(**tensors):
        key = "mask" if name == "block" else "attention_mask"
        return module(**{**tensors, key: torch.ones_like(tensors[key])})

    found = {}
    if name != "mlp":
        found["mask"] = without_mask
    if name in ("llama", "qwen2", "mistral"):
        found["rotary"] = models.without_rotary(name, module)
    if name == "mistral":
        found["window"] = models.copy(name, module, sliding_window=None)
    if sparse:
        found["pruning"] = dense
    return found


def check(name, sparse, route, folder):
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    torch.manual_seed(seed)
    print(f"{name}{' 2:4' if sparse else ''}: seed {seed}", flush=True)
    module = models.build(name)
    dense = models.copy(name, module) if sparse else None
    if sparse:
        weights = dict(module.named_parameters())
        with torch.no_grad():
            for n, dim in ffn_weights(name, module).items():
                weights[n].copy_(prune(weights[n], dim))
    binary = compile_binary(name, module, folder, sparse, route)
    assert laid_out(binary) == (set(ffn_weights(name, module)) if sparse else set())
    outputs = [binary.info.outputs[i].name.decode() for i in range(binary.info.num_outputs)]
    inputs = [binary.info.inputs[i].name.decode() for i in range(binary.info.num_inputs)]
    apart = dict.fromkeys(controls(name, module, sparse, dense), 0.0)
    for batch, length in models.POINTS:
        tensors = models.inputs(name, batch, length)
        expected = models.run(module, tensors)
        assert outputs == list(expected) and inputs == list(tensors), (outputs, inputs)
        actual = binary.run(*[t.numpy() for t in tensors.values()])
        error = difference(expected, actual, tensors)
        print(f"  {batch}x{length}: {error:.1e}", flush=True)
        assert error <= TOLERANCE, f"{name} {batch}x{length} differs by {error:.1e}"
        for out, other in controls(name, module, sparse, dense).items():
            apart[out] = max(apart[out], difference(models.run(other, tensors), actual, tensors))
    for out, error in apart.items():
        print(f"  without {out}: {error:.1e}")
        assert error > 10 * TOLERANCE, f"{name}: the {out} makes no difference here"
    print(f"{name}{' 2:4' if sparse else ''}: matches PyTorch at "
          f"{len(models.POINTS)} points, "
          f"not without: {', '.join(apart) or '-'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=models.NAMES)
    parser.add_argument("--sparse", action="store_true")
    parser.add_argument("--route", help="that every region with a layout takes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check(options.name, options.sparse, options.route, folder)


if __name__ == "__main__":
    main()
