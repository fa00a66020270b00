#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains the digit classifier of the demo and writes the files beside it.

The recipe, from the real images to the files that are checked in: train a
dense MLP 64-512-512-10, prune every weight matrix to 2:4 along the contraction
by magnitude, fine-tune with the pattern kept. Needs NumPy and scikit-learn
(for its copy of the images); see README.md for the command.
"""
import argparse
import json
import os
import struct
import sys

import numpy as np

WIDTHS = [64, 512, 512, 10]
NAMES = ["fc1", "fc2", "fc3"]
KEEP, GROUP = 2, 4
MANTISSA = 4


def load_images(seed):
    """Images as [count, 64] in 0..1 and labels; a fifth is held out."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x = (digits.images.reshape(-1, 64) / 16.0).astype(np.float32)[order]
    y = digits.target.astype(np.int64)[order]
    held = len(y) // 5
    return (x[held:], y[held:]), (x[:held], y[:held])


def initial_weights(rng):
    weights = {}
    for name, inputs, outputs in zip(NAMES, WIDTHS, WIDTHS[1:]):
        scale = np.sqrt(2.0 / inputs)
        weights[f"{name}.weight"] = rng.normal(0, scale, (outputs, inputs)).astype(np.float32)
        weights[f"{name}.bias"] = np.zeros(outputs, np.float32)
    return weights


def forward(weights, x):
    """The activations after each layer; the last are the logits."""
    values = [x]
    for name in NAMES:
        x = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
        if name != NAMES[-1]:
            x = np.maximum(x, 0)
        values.append(x)
    return values


def gradients(weights, x, y):
    values = forward(weights, x)
    logits = values[-1] - values[-1].max(axis=1, keepdims=True)
    error = np.exp(logits)
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(y)), y] -= 1
    error /= len(y)
    result = {}
    for index in reversed(range(len(NAMES))):
        name = NAMES[index]
        result[f"{name}.weight"] = error.T @ values[index]
        result[f"{name}.bias"] = error.sum(axis=0)
        if index:
            error = (error @ weights[f"{name}.weight"]) * (values[index] > 0)
    return result


def jitter(images, rng):
    """Each image moved by at most one pixel, and a little noise."""
    squares = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    rows, columns = rng.integers(0, 3, (2, len(images)))
    still = rng.random(len(images)) < 0.5
    rows[still] = columns[still] = 1
    at = np.arange(8)
    moved = squares[np.arange(len(images))[:, None, None],
                    rows[:, None, None] + at[:, None], columns[:, None, None] + at]
    moved = moved.reshape(-1, 64) + rng.normal(0, 0.03, images.shape)
    return np.clip(moved, 0, 1).astype(np.float32)


def train(weights, data, epochs, rate, rng, masks=None):
    """Adam with a cosine rate; entries outside `masks` stay zero."""
    x, y = data
    first = {k: np.zeros_like(v) for k, v in weights.items()}
    second = {k: np.zeros_like(v) for k, v in weights.items()}
    step = 0
    for epoch in range(epochs):
        now = rate * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        order = rng.permutation(len(y))
        for chosen in np.array_split(order, max(1, len(y) // 64)):
            step += 1
            for key, gradient in gradients(weights, jitter(x[chosen], rng), y[chosen]).items():
                first[key] += 0.1 * (gradient - first[key])
                second[key] += 0.001 * (gradient**2 - second[key])
                change = (first[key] / (1 - 0.9**step)) / (
                    np.sqrt(second[key] / (1 - 0.999**step)) + 1e-8)
                weights[key] -= now * (change + 1e-2 * weights[key])
                if masks and key in masks:
                    weights[key] *= masks[key]
    return weights


def prune_mask(weight):
    """1 at the KEEP largest of every GROUP along dim 1; ties keep the first."""
    groups = np.abs(weight).reshape(weight.shape[0], -1, GROUP)
    order = np.argsort(-groups, axis=2, kind="stable")
    mask = np.zeros_like(groups)
    np.put_along_axis(mask, order[..., :KEEP], 1, axis=2)
    return mask.reshape(weight.shape)


def shorten(weights):
    """Rounds mantissas to MANTISSA bits, still as float32: what is checked in
    then compresses to a few hundred kilobytes."""
    drop = 23 - MANTISSA
    result = {}
    for name, weight in weights.items():
        bits = weight.view(np.uint32)
        half = (1 << (drop - 1)) - 1 + ((bits >> drop) & 1)
        result[name] = ((bits + half) >> drop << drop).astype(np.uint32).view(np.float32)
    return result


def pack(weight):
    """The canonical packed form of nm<2:4, dim = 1>: values and coordinates."""
    groups = weight.reshape(weight.shape[0], -1, GROUP)
    kept = np.argsort(groups == 0, axis=2, kind="stable")[..., :KEEP]
    kept.sort(axis=2)
    return np.take_along_axis(groups, kept, axis=2), kept.astype(np.uint8)


def write_safetensors(path, tensors, metadata=None):
    kinds = {"float32": "F32", "int64": "I64", "uint8": "U8"}
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in sorted(tensors.items()):
        header[name] = {"dtype": kinds[str(tensor.dtype)], "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, tensor in sorted(tensors.items()):
            file.write(np.ascontiguousarray(tensor).tobytes())


def write_packed(path, weights):
    tensors, metadata = {}, {}
    for name, tensor in weights.items():
        if tensor.ndim < 2:
            tensors[name] = tensor
            continue
        tensors[f"{name}.values"], tensors[f"{name}.coordinates"] = pack(tensor)
        metadata[f"lacuna.layout.{name}"] = json.dumps(
            {"layout": f"nm<{KEEP}:{GROUP}, dim = 1>", "shape": list(tensor.shape), "dtype": "F32"})
    write_safetensors(path, tensors, metadata)


def accuracy(weights, data):
    return float((forward(weights, data[0])[-1].argmax(axis=1) == data[1]).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=60)
    options = parser.parse_args()

    rng = np.random.default_rng(options.seed)
    data, held = load_images(options.seed)
    dense = train(initial_weights(rng), data, options.epochs, 1e-3, rng)
    sparse = {k: v.copy() for k, v in dense.items()}
    masks = {k: prune_mask(v) for k, v in sparse.items() if v.ndim == 2}
    sparse = {k: v * masks.get(k, np.float32(1)) for k, v in sparse.items()}
    sparse = train(sparse, data, options.epochs // 2, 5e-4, rng, masks)

    dense, sparse = shorten(dense), shorten(sparse)
    scores = accuracy(dense, held), accuracy(sparse, held)
    print(f"held-out images: {len(held[1])}, dense {scores[0]:.2%}, 2:4 {scores[1]:.2%}")
    if scores[0] < 0.96 or scores[1] < scores[0] - 0.01:
        sys.exit("train.py: expected dense at least 96 % and 2:4 within 1 point of it; "
                 "try another --seed or more --epochs")
    write_safetensors(f"{options.output}/dense.safetensors", dense)
    write_packed(f"{options.output}/sparse.safetensors", sparse)
    np.save(f"{options.output}/images.npy", held[0])
    np.save(f"{options.output}/labels.npy", held[1])


if __name__ == "__main__":
    main()
