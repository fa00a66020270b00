# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where a model comes from: a user's file, or a folder of transformers' files.

Both give a `Source`. Models are built without their weights (fake.py); when a
user's code cannot be (it loads a checkpoint, or computes with weights), it is
run as it is.
"""
import dataclasses
import importlib.util
import inspect
import json
import os
import sys
import traceback
import typing

import torch
from torch.utils._pytree import tree_flatten_with_path, tree_unflatten

from . import decoding, signature
from .errors import ImportFailure
from .fake import Weightless, take_values


@dataclasses.dataclass
class Source:
    module: torch.nn.Module
    inputs: list
    bind: typing.Callable  # {name: tensor} to (positional, keywords) of forward
    values: dict  # of buffers that are in no checkpoint
    fake: object = None
    limits: dict = dataclasses.field(default_factory=dict)
    outputs: tuple = ()


def bind_keywords(tensors):
    return (), tensors


def from_module(module, inputs=(), example_inputs=None, dynamic_shapes=None):
    """A module that exists; its own tensors are left as they are."""
    if not isinstance(module, torch.nn.Module):
        raise ImportFailure(f"found a {type(module).__name__} where a torch.nn.Module "
                            "was expected")
    inputs = [signature.parse_input(i) if isinstance(i, str) else i for i in inputs]
    if example_inputs is None:
        if not inputs:
            raise ImportFailure(
                "the inputs of the model are not known: name each one, as in "
                "--input 'x:f32[batch,64]', or return (module, example_inputs) from "
                "the function")
        check_names(module, inputs)
        return Source(module, inputs, bind_keywords, {})
    inputs, bind = bind_examples(module, example_inputs, dynamic_shapes, inputs)
    return Source(module, inputs, bind, {})


def check_names(module, inputs):
    parameters = inspect.signature(module.forward).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for i in inputs:
        if i.name not in parameters:
            raise ImportFailure(f"forward of {type(module).__name__} has no input "
                                f"'{i.name}': it has " + ", ".join(parameters))


def bind_examples(module, examples, dynamic_shapes, inputs):
    """Inputs by the names of forward's parameters; a tensor inside a list or
    dictionary has its place there after a dot."""
    if isinstance(examples, torch.Tensor):
        examples = (examples,)
    parameters = inspect.signature(module.forward)
    bound = (parameters.bind(**examples) if isinstance(examples, dict)
             else parameters.bind(*examples)).arguments
    leaves, spec = tree_flatten_with_path(dict(bound))
    names = [".".join(str(getattr(k, "key", getattr(k, "idx", k))) for k in path)
             for path, _ in leaves]
    constants = {n: leaf for n, (_, leaf) in zip(names, leaves)
                 if not isinstance(leaf, torch.Tensor)}
    tensors = [(n, leaf) for n, (_, leaf) in zip(names, leaves)
               if isinstance(leaf, torch.Tensor)]
    shapes = shapes_of(dynamic_shapes, list(bound), [n for n, _ in tensors])
    found = signature.from_examples([n for n, _ in tensors], [t for _, t in tensors], shapes)
    given = {i.name: i for i in inputs}
    for i in found:
        if i.name in given:
            i.dims = given.pop(i.name).dims
    if given:
        raise ImportFailure(f"'{next(iter(given))}' is no input of the example: it has "
                            + ", ".join(i.name for i in found))

    def bind(values):
        everything = tree_unflatten([values[n] if n in values else constants[n]
                                     for n in names], spec)
        arguments = inspect.BoundArguments(parameters, everything)
        return arguments.args, arguments.kwargs

    return found, bind


def shapes_of(dynamic_shapes, arguments, names):
    """One entry of `dynamic_shapes` for each tensor, by name."""
    if dynamic_shapes is None:
        return [None] * len(names)
    if not isinstance(dynamic_shapes, dict):
        dynamic_shapes = dict(zip(arguments, dynamic_shapes))
    entries = []
    for name in names:
        entry = dynamic_shapes
        for key in name.split("."):
            if entry is None:
                break
            if isinstance(entry, (list, tuple)):
                entry = entry[int(key)] if int(key) < len(entry) else None
            else:
                entry = entry.get(key)
        entries.append(entry)
    return entries


def from_file(path, function, inputs, real=False):
    """`file.py:make_model`: a function that returns a module, or
    (module, example_inputs) or (module, example_inputs, dynamic_shapes)."""
    if not os.path.isfile(path):
        raise ImportFailure(f"no file '{path}'")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(
        os.path.splitext(os.path.basename(path))[0], path)
    code = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = code
    call_function(lambda: spec.loader.exec_module(code), path)
    make = getattr(code, function, None)
    if not callable(make):
        names = [n for n, v in vars(code).items() if inspect.isfunction(v)]
        raise ImportFailure(f"'{path}' has no function '{function}': it has "
                            + (", ".join(names) or "none"))
    if real:
        return from_result(call_function(make, path), inputs)
    weightless = Weightless()
    with weightless:
        result = make()
    source = from_result(result, inputs)
    for i in source.inputs:
        i.example = None  # only shapes count, and all tensors must be fake
    source.values = take_values(source.module, weightless.fake)
    source.fake = weightless.fake
    return source


def call_function(make, path):
    try:
        return make()
    except Exception as error:  # the user's own code
        line = traceback.extract_tb(error.__traceback__)[-1]
        raise ImportFailure(
            f"{line.filename}:{line.lineno}: the code of '{path}' fails: "
            f"{type(error).__name__}: {error}") from error


def from_result(result, inputs):
    if not isinstance(result, tuple):
        return from_module(result, inputs)
    if len(result) not in (2, 3):
        raise ImportFailure(
            f"the function returns {len(result)} values: expected a module, (module, "
            "example_inputs) or (module, example_inputs, dynamic_shapes)")
    return from_module(result[0], inputs, *result[1:])


def from_folder(folder, inputs, decode=None):
    """A model of transformers, by its config.json."""
    import transformers

    path = os.path.join(folder, "config.json")
    if not os.path.isfile(path):
        raise ImportFailure(f"the folder '{folder}' has no config.json")
    try:
        with open(path, encoding="utf-8") as f:
            named = json.load(f).get("architectures") or []
    except (ValueError, AttributeError) as error:
        raise ImportFailure(f"'{path}' is no JSON object: {error}") from None
    try:
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    except (ValueError, OSError) as error:
        raise ImportFailure(f"'{path}' is not understood: {error}") from None
    cls = getattr(transformers, named[0], None) if named else None
    if named and cls is None:
        raise ImportFailure(f"'{path}' names the architecture '{named[0]}', which "
                            f"transformers {transformers.__version__} does not have")
    return from_config(config, cls, inputs, decode)


def from_config(config, cls=None, inputs=(), decode=None):
    """`decode`: (maximum length, batch) of a decoding step, or None."""
    import transformers
    from transformers.initialization import no_init_weights

    if getattr(config, "is_encoder_decoder", False):
        raise ImportFailure(f"'{config.model_type}' is an encoder and a decoder: import "
                            "one of them from a file of your own")
    # What has no operation of its own arrives as the library's plain code.
    config._attn_implementation = "eager" if decode is None else decoding.choose_attention(cls)
    if hasattr(config, "use_cache"):
        config.use_cache = decode is not None
    weightless = Weightless()
    try:
        # Initial values of weights are of no use, and some models look at theirs.
        with weightless, no_init_weights():
            module = (cls._from_config(config) if cls is not None
                      else transformers.AutoModel.from_config(config)).eval()
            module.tie_weights()  # was left out with the initialization
    except Exception as error:  # whatever the library's own code raises
        raise ImportFailure(f"transformers cannot build a '{config.model_type}' of this "
                            f"configuration: {type(error).__name__}: {error}") from error
    if decode is not None:
        with weightless:
            decoding.check(module, *decode)
            caches = decoding.add_cache(module, *decode)
    values = take_values(module, weightless.fake)
    inputs = [signature.parse_input(i) if isinstance(i, str) else i for i in inputs]
    if decode is not None:
        return Source(module, decoding.step_inputs(inputs, decode[1]),
                      decoding.bind_step(module), values | caches, weightless.fake)
    if inputs:
        check_names(module, inputs)
    elif module.main_input_name == "input_ids":
        inputs = [signature.Input(n, torch.int64, ("batch", "length"))
                  for n in ("input_ids", "attention_mask")]
    else:
        raise ImportFailure(
            f"{type(module).__name__} takes '{module.main_input_name}': give its type "
            "and dimensions, as in --input "
            f"'{module.main_input_name}:f32[batch,3,224,224]'")
    limits = {}
    if getattr(config, "max_position_embeddings", None):
        limits["length"] = config.max_position_embeddings
    return Source(module, inputs, bind_keywords, values, weightless.fake, limits)
