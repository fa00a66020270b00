# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command line of lacuna-import."""
import argparse
import logging
import os
import sys
import warnings

EXAMPLES = """\
examples:
  lacuna-import mlp.py:make_model -o mlp.mlir
  lacuna-import mlp.py:make_model --input 'x:f32[batch,64]' -o mlp.mlir
  lacuna-import path/to/folder -o bert.mlir       (config.json; weights optional)
  lacuna-import path/to/llama --decode --max-length 256 -o step.mlir
"""


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="lacuna-import", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Writes a PyTorch or transformers model as MLIR, and beside it "
        "NAME.params.json, which maps its weights to a checkpoint's tensors.")
    parser.add_argument("model", help="FILE.py:FUNCTION or a folder with a config.json")
    parser.add_argument("-o", dest="output", required=True, metavar="FILE.mlir")
    parser.add_argument("--input", action="append", default=[], metavar="NAME:TYPE[DIMS]",
                        help="an input of forward; a word among DIMS is a dynamic dimension")
    parser.add_argument("--output-name", action="append", default=[], metavar="NAME",
                        help="keep only this output (may be repeated)")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE",
                        help="a safetensors file whose names to map to (default: the folder's)")
    parser.add_argument("--decode", action="store_true",
                        help="one step of a transformers decoder: a token for each row, and "
                        "the key-value cache as state")
    parser.add_argument("--max-length", type=int, metavar="N",
                        help="positions that the cache of --decode has")
    parser.add_argument("--batch", type=int, default=1, metavar="N",
                        help="rows of a step of --decode (default: 1)")
    parser.add_argument("--function", default="main", help="its name in the IR")
    parser.add_argument("--no-locations", action="store_true",
                        help="leave out the lines of the model's code")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    # torch.export logs a program for each failure; the error says what failed.
    logging.getLogger("torch").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        from . import ImportFailure, import_model
    except ImportError as error:
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        print(f"lacuna-import: error: {error}: install what it needs with `{sys.executable} "
              f"-m pip install -r {os.path.join(here, 'requirements.txt')}`", file=sys.stderr)
        return 1
    try:
        imported = import_model(
            options.model, options.input, function=options.function,
            outputs=options.output_name, checkpoints=options.checkpoint,
            locations=not options.no_locations, decode=options.decode,
            max_length=options.max_length, batch=options.batch)
        written = imported.write(options.output)
    except ImportFailure as error:
        print(f"lacuna-import: error: {error}", file=sys.stderr)
        return 1
    dims = ", ".join(f"{i.name}[{','.join(map(str, i.dims))}]" for i in imported.inputs)
    state = f"{len(imported.state)} states; " if imported.state else ""
    print(f"{written[0]}: {dims} -> {', '.join(imported.outputs)}; "
          f"{len(imported.weights)} weights; {state}{written[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
