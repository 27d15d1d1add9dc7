"""Fits the small English pipeline on a folder of treebanks, and keeps of it what reading needs.

The same treebanks, steps and spaCy give the same weights, byte for byte, on the same kind of machine.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, registry

from apps.attribution.parser_training.treebanks import examples, files, treebank

SETTINGS = Path(__file__).parent / "en.cfg"
STEPS = 5_000
LOOK_EVERY = 500
MOST_BYTES = 12_000_000
NAME, VERSION, LICENCE = "counterclaim_en", "1.0.0", "CC BY-SA 4.0"
SOURCES: Mapping[str, Mapping[str, str]] = {
    "ewt": {
        "name": "UD English EWT",
        "author": "Natalia Silveira, Timothy Dozat, Marie-Catherine de Marneffe, Samuel Bowman, Miriam Connor, John "
        "Bauer, Christopher D. Manning and others",
        "license": "CC BY-SA 4.0",
        "url": "https://universaldependencies.org/treebanks/en_ewt/",
    },
    "gum": {
        "name": "UD English GUM, genres without a non-commercial clause",
        "author": "Amir Zeldes and others",
        "license": "CC BY 4.0 (annotations); for the texts see NOTICE.md",
        "url": "https://universaldependencies.org/treebanks/en_gum/",
    },
}
"""The treebanks whose licences we know, by their codes."""
SECTIONS_USED = ("nlp", "components")
FIGURES = {"uas": "dep_uas", "las": "dep_las", "tag_accuracy": "tag_acc"}


def read_treebanks(folder: str, part: str) -> Callable[[Language], list[Example]]:
    """What en.cfg calls its corpora: the sentences of a part; those to train on shuffled, always the same way."""

    def read(nlp: Language) -> list[Example]:
        found = examples(files(Path(folder), part), nlp.vocab)
        if part == "train":
            random.Random(0).shuffle(found)  # noqa: S311 - an order, not a secret
        return found

    return read


registry.readers("counterclaim.treebanks.v1", func=read_treebanks)


def train_parser(folder: Path, out: Path, *, steps: int, report: Callable[[str], None]) -> dict[str, Any]:
    """Train on the folder's ``*-train`` files, keep the best by its ``*-dev`` files, write it to ``out``.

    Returns the figures of what was written on the dev part: unlabelled and labelled attachment and tag accuracy, as
    shares; sentences, steps and bytes. Raises ``BadTreebank``, ``FileNotFoundError`` if a part is missing,
    ``FileExistsError`` if something is in ``out`` already, and ``ValueError`` for less than one step.
    """
    if steps < 1:
        raise ValueError("At least one step is wanted.")
    trees = {part: files(folder, part) for part in ("train", "dev")}
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is there already; name a new folder.")
    overrides = {
        "paths.treebanks": str(folder),
        "training.max_steps": steps,
        "training.optimizer.learn_rate.total_steps": steps,
        "training.eval_frequency": min(LOOK_EVERY, steps),
    }
    nlp = init_nlp(load_config(SETTINGS, overrides), use_gpu=-1)
    with tempfile.TemporaryDirectory(prefix="counterclaim-parser-") as scratch:
        train(nlp, Path(scratch), use_gpu=-1, stdout=sys.stderr, stderr=sys.stderr)
        keep(Path(scratch) / "model-best", out)
    describe(out, sorted({treebank(path) for path in trees["train"]}))
    figures = measure(out, folder)
    if figures["bytes"] > MOST_BYTES:
        report(f"Warning: {out} has {figures['bytes']:,} bytes, more than {MOST_BYTES:,}.")
    return {**figures, "steps": steps}


def keep(best: Path, out: Path) -> None:
    """Copy a trained pipeline without what only training needs: its settings, and the words of the treebanks.

    Words are looked up by their hashes; of the strings only the names of labels are ever asked for.
    """
    shutil.copytree(best, out, dirs_exist_ok=True)
    nlp = spacy.load(out)
    labels = sorted({label for of_one in nlp.pipe_labels.values() for label in of_one})
    (out / "vocab" / "strings.json").write_text(json.dumps(labels, indent=2) + "\n", encoding="utf-8")
    config = load_config(out / "config.cfg")
    for section in set(config) - set(SECTIONS_USED):
        del config[section]
    config.to_disk(out / "config.cfg")


def describe(out: Path, codes: list[str]) -> None:
    """Write who made it, of what and under which licence into ``meta.json``.

    The licence is stated only where every treebank is one whose licence we know.
    """
    path = out / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta |= {
        "name": NAME,
        "version": VERSION,
        "description": "A small English tagger and parser for the attribution engine of Counterclaim.",
        "author": "Counterclaim contributors",
        "license": LICENCE if set(codes) <= set(SOURCES) else "",
        "sources": [SOURCES.get(code, {"name": code}) for code in codes],
        "performance": {},
    }
    path.write_text(json.dumps(meta, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(out: Path, folder: Path) -> dict[str, Any]:
    """What the pipeline in ``out`` reaches on the dev part, also noted in its ``meta.json``; and its size."""
    nlp = spacy.load(out)
    held_out = examples(files(folder, "dev"), nlp.vocab)
    scores = nlp.evaluate(held_out)
    path = out / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta["performance"] = {score: scores[score] for score in FIGURES.values()}
    path.write_text(json.dumps(meta, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return {
        **{name: scores[score] for name, score in FIGURES.items()},
        "sentences": len(held_out),
        "bytes": size,
    }
