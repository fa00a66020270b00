# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""all-MiniLM-L6-v2 with its weights against PyTorch in float64: sentences of 1
to 128 tokens in mixed batches. What is checked in is also imported again."""
import os
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../../tools/minilm"), os.path.join(HERE, "../Integration")]
import embedder
import make
import minilm
import sentences

SENTENCES, BATCHES = 100, 12
# Batches that the emulator runs, too: it is some thousand times slower.
EMULATED_TOKENS = 400


def check_import(folder):
    make.import_model(folder)
    texts = [open(os.path.join(place, "model.mlir")).read() for place in (folder, sentences.HERE)]
    assert texts[0] == texts[1], "model.mlir is not what an import gives: run tools/minilm/make.py"


def make_batches(rng):
    """Real text, cut to random numbers of tokens; 1 and 128 are among them."""
    with open(os.path.join(HERE, "../../docs/Architecture.md")) as file:
        words = file.read().split()
    tokenizer = sentences.Tokenizer().wordpiece
    lengths = rng.integers(1, sentences.LONGEST + 1, SENTENCES)
    lengths[:4] = 1, 2, 3, sentences.LONGEST
    rows = []
    for length in rng.permutation(lengths):
        start = rng.integers(len(words) - sentences.LONGEST)
        ids = tokenizer.encode(" ".join(words[start:start + sentences.LONGEST])).ids
        assert len(ids) == sentences.LONGEST
        rows.append([*ids[:length - 1], ids[-1]])
    cuts = np.sort(rng.choice(np.arange(1, SENTENCES), BATCHES - 1, replace=False))
    return [sentences.pad([rows[i] for i in part]) for part in np.split(np.arange(SENTENCES), cuts)]


def small_batches(batches, rng):
    """Rows of the batches, two to four together, in few tokens."""
    chosen, left = [], EMULATED_TOKENS
    for batch in batches:
        count = min(int(rng.integers(2, 5)), len(batch["input_ids"]))
        lengths = batch["attention_mask"].sum(1)
        at = np.argsort(lengths)[:count]
        longest = lengths[at].max()
        if count * longest <= left:
            left -= count * longest
            chosen.append({name: t[at, :longest] for name, t in batch.items()})
    assert chosen
    return chosen


def main(folder):
    seed = int(os.environ.get("LACUNA_TEST_SEED", int.from_bytes(os.urandom(4), "little")))
    rng = np.random.default_rng(seed)
    print(f"LACUNA_TEST_SEED={seed}", flush=True)
    check_import(folder)
    batches = make_batches(rng)
    emulated = small_batches(batches, rng)
    dense, pruned = (embedder.load(sentences.model_folder()).double() for _ in range(2))
    make.prune(pruned)
    expected = {(kind, few): [make.embed(module, b) for b in (emulated if few else batches)]
                for kind, module in enumerate((dense, pruned)) for few in (False, True)}
    for title, (model, kind, least) in minilm.make_models(folder).items():
        few = title.startswith("emulator")
        chosen = emulated if few else batches
        found = [sentences.cosines(minilm.embed(model, b), e) for b, e in zip(chosen, expected[kind, few])]
        lowest = min(f.min() for f in found)
        minilm.check_counters(title, model)
        assert lowest >= least, (title, found)
        rows = sum(len(f) for f in found)
        longest = max(int(b["attention_mask"].sum(1).max()) for b in chosen)
        print(f"{title}: {rows} sentences of up to {longest} tokens in {len(chosen)} batches, "
              f"1 - cosine at most {1 - lowest:.1e}", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(place)
