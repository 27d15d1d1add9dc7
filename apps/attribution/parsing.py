"""Part-of-speech tags and a dependency parse of the sentences that matter, by a spaCy pipeline.

The engine cuts tokens and sentences itself (``segmentation.py``) and hands the pipeline one sentence at a time, so that
offsets never have to be aligned and a parse never crosses a sentence. Labels are those of Universal Dependencies 2,
tags those of the Penn Treebank, as in the treebanks our own pipeline is trained on (UD English EWT and GUM).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from apps.attribution.segmentation import Document, Sentence
from apps.attribution.types import ExtractorUnavailable

OWN = Path(__file__).parent / "weights" / "en"
PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."}
)
LONGEST = 120
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Parse:
    """Of each token: its tag, its head (a token number, itself for a root, -1 where nothing was parsed), the relation
    to it, and the first and last token of its subtree."""

    tags: list[str]
    heads: list[int]
    relations: list[str]
    lefts: list[int]
    rights: list[int]
    children: dict[int, list[int]]

    def has(self, k: int) -> bool:
        """Whether token ``k`` was parsed."""
        return self.heads[k] >= 0

    def child(self, k: int, *relations: str) -> int | None:
        """The first child of ``k`` with one of these relations."""
        return next((c for c in self.children.get(k, ()) if self.relations[c] in relations), None)


def plain(word: str) -> str:
    """The word with typographic marks as the treebanks write them; as many characters as before."""
    return word.translate(PLAIN)


@cache
def pipeline(name: str) -> Language:
    """The pipeline called ``name``: a path, or an installed package.

    Raises :class:`ExtractorUnavailable` where there is none, or where it has no parser and tagger.
    """
    try:
        loaded = spacy.load(name, exclude=["ner", "lemmatizer", "senter", "entity_ruler", "textcat"])
    except (OSError, ValueError) as error:
        reason = f"The spaCy pipeline {name!r} is not installed, or not for this version of spaCy."
        raise ExtractorUnavailable(reason, code="model_not_installed", transient=False) from error
    if not {"parser", "tagger"} <= set(loaded.pipe_names):
        reason = f"The spaCy pipeline {name!r} has no tagger and parser."
        raise ExtractorUnavailable(reason, code="model_not_fit", transient=False)
    return loaded


def parse(doc: Document, sentences: Iterable[Sentence], using: Language) -> Parse:
    """Parse these sentences of a document; the rest stays unparsed, and so do sentences past ``LONGEST`` tokens."""
    size = len(doc)
    tags, relations = [""] * size, [""] * size
    heads, lefts, rights = [-1] * size, list(range(size)), list(range(size))
    children: dict[int, list[int]] = {}
    chosen = [s for s in sentences if 1 < s.last - s.first + 1 <= LONGEST]
    # Of like length together: the pipeline pads a batch to its longest.
    chosen.sort(key=lambda s: s.last - s.first)
    docs = (_doc(doc, sentence, using) for sentence in chosen)
    for sentence, parsed in zip(chosen, using.pipe(docs, batch_size=AT_ONCE), strict=True):
        base = sentence.first
        for token in parsed:
            k = base + token.i
            tags[k], relations[k] = token.tag_, token.dep_
            heads[k] = base + token.head.i
            lefts[k], rights[k] = base + token.left_edge.i, base + token.right_edge.i
            if token.head.i != token.i:
                children.setdefault(base + token.head.i, []).append(k)
    return Parse(tags, heads, relations, lefts, rights, children)


def _doc(doc: Document, sentence: Sentence, using: Language) -> Doc:
    numbers = range(sentence.first, sentence.last + 1)
    return Doc(using.vocab, words=[plain(doc.words[k]) for k in numbers], spaces=_spaces(doc, numbers))


def _spaces(doc: Document, numbers: Sequence[int]) -> list[bool]:
    return [k + 1 < len(doc) and doc.ends[k] < doc.starts[k + 1] for k in numbers]
