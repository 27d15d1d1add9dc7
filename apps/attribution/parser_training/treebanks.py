"""Treebanks of Universal Dependencies, read from CoNLL-U into examples that spaCy learns from.

The words a model learns from are cut as the engine cuts them (``segmentation.token_spans``), and carry plain marks as
``parsing.py`` hands them over, so that what is learnt is what is met later. spaCy aligns them with the gold words.
Format: https://universaldependencies.org/format.html (version 2).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from apps.attribution.parsing import plain
from apps.attribution.segmentation import token_spans

ENDINGS = (".conllu", ".conllu.gz")
COLUMNS = 10
SINGLE, RANGE, EMPTY = re.compile(r"[1-9]\d*"), re.compile(r"([1-9]\d*)-([1-9]\d*)"), re.compile(r"\d+\.[1-9]\d*")
GENRE = "# meta::genre = "
NEW_DOCUMENT = "# newdoc"
OPEN_GENRES = frozenset(("academic", "bio", "court", "interview", "news", "speech", "textbook", "vlog", "voyage"))
"""Documents of any other genre are left out; one that names none is read. These are the genres of GUM whose texts carry
no non-commercial clause, so that the weights may be shared as NOTICE.md beside them says."""
SUBTYPES = frozenset(
    (
        *("acl:relcl", "aux:pass", "csubj:pass", "nmod:poss", "nmod:unmarked", "nsubj:pass"),
        *("obl:agent", "obl:tmod", "obl:unmarked"),
    )
)
"""Subtypes of relations that the engine tells apart; every other one is learnt as its main type."""


class BadTreebank(ValueError):
    """A file is no CoNLL-U. Says which line of which file, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Word:
    """A syntactic word: its form, tag of the language (XPOS), head counted from 1 (0 for a root), relation, and whether
    a space follows it."""

    form: str
    tag: str
    head: int
    relation: str
    spaced: bool


def files(folder: Path, part: str) -> list[Path]:
    """The treebank files of a part ("train", "dev") in order of their names. Raises ``FileNotFoundError`` for none."""
    found = sorted(path for path in folder.iterdir() if path.name.endswith(tuple(f"-{part}{e}" for e in ENDINGS)))
    if not found:
        raise FileNotFoundError(f"{folder} holds no *-{part}.conllu or *-{part}.conllu.gz.")
    return found


def treebank(path: Path) -> str:
    """The treebank's code within its language: "ewt" of ``en_ewt-ud-train.conllu.gz`` and of ``ewt-train.conllu``."""
    return path.name.split("-")[0].removeprefix("en_")


def examples(paths: Sequence[Path], vocab: Vocab) -> list[Example]:
    """Every sentence of the files that may be used, in order. Raises :class:`BadTreebank`."""
    return [example(words, vocab) for path in paths for words in read_sentences(path)]


def example(words: Sequence[Word], vocab: Vocab) -> Example:
    """A sentence as the engine would cut it beside the sentence as annotated."""
    gold = Doc(
        vocab,
        words=[plain(word.form) for word in words],
        spaces=[word.spaced for word in words],
        tags=[word.tag for word in words],
        heads=[word.head - 1 if word.head else k for k, word in enumerate(words)],
        deps=[_relation(word.relation) for word in words],
        sent_starts=[k == 0 for k in range(len(words))],
    )
    text = "".join(word.form + " " * word.spaced for word in words)
    spans = token_spans(text)
    cut = Doc(
        vocab,
        words=[plain(text[start:end]) for start, end in spans],
        spaces=[text[end : end + 1] == " " for _, end in spans],
    )
    return Example(cut, gold)


def _relation(full: str) -> str:
    return full if full in SUBTYPES else full.partition(":")[0]


def read_sentences(path: Path) -> Iterator[list[Word]]:
    """The sentences of a file: words of its basic dependencies, without empty nodes, multiword tokens taken apart.

    Raises :class:`BadTreebank` at the first line that breaks the format, and ``OSError`` if the file cannot be read.
    """
    sentence = _Sentence(path)
    open_genre = True
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = line.rstrip("\r\n")
            if row.startswith(NEW_DOCUMENT):
                open_genre = True
            elif row.startswith(GENRE):
                open_genre = row.removeprefix(GENRE).strip() in OPEN_GENRES
            if row.startswith("#"):
                continue
            if row:
                sentence.add(row, number)
                continue
            if (words := sentence.finish()) and open_genre:
                yield words
    if (words := sentence.finish()) and open_genre:
        yield words


class _Sentence:
    """The words of the sentence that is being read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._words: list[Word] = []
        self._lines: list[int] = []
        self._until = 0
        self._spaced_after = True

    def add(self, row: str, number: int) -> None:
        """Take one line of ten columns."""
        columns = row.split("\t")
        if len(columns) != COLUMNS:
            raise self._bad(number, f"{COLUMNS} columns parted by tabs are wanted, not {len(columns)}")
        name, spaced = columns[0], "SpaceAfter=No" not in columns[9].split("|")
        if EMPTY.fullmatch(name):
            return
        if found := RANGE.fullmatch(name):
            first, self._until = int(found[1]), int(found[2])
            self._spaced_after = spaced
            if first != len(self._words) + 1 or self._until <= first:
                raise self._bad(number, f"the range {name} does not begin at the next word")
            return
        if not SINGLE.fullmatch(name) or int(name) != len(self._words) + 1:
            raise self._bad(number, f"word {len(self._words) + 1} is due, not {name!r}")
        self._words.append(self._word(columns, spaced, number))
        self._lines.append(number)

    def _word(self, columns: list[str], spaced: bool, number: int) -> Word:
        if not columns[1]:
            raise self._bad(number, "the word has no form")
        if not re.fullmatch(r"\d+", columns[6]):
            raise self._bad(number, f"the head {columns[6]!r} is no number")
        place = len(self._words) + 1
        if place <= self._until:
            # Words of one multiword token: what follows it follows the last of them.
            spaced = place == self._until and self._spaced_after
        return Word(columns[1], columns[4], int(columns[6]), columns[7], spaced)

    def finish(self) -> list[Word]:
        """The words read so far, as a tree; the next sentence begins. Empty where there were none."""
        words, lines = self._words, self._lines
        if words and self._until > len(words):
            raise self._bad(lines[-1], f"the range up to {self._until} has no such word")
        self._words, self._lines, self._until = [], [], 0
        for word, line in zip(words, lines, strict=True):
            if word.head > len(words):
                raise self._bad(line, f"the sentence has no word {word.head} to be a head")
        if (astray := _outside_any_tree(words)) is not None:
            raise self._bad(lines[astray], "the word's heads lead round in a circle, not to a root")
        return words

    def _bad(self, number: int, what: str) -> BadTreebank:
        return BadTreebank(f"{self._path}, line {number}: {what}.")


def _outside_any_tree(words: Sequence[Word]) -> int | None:
    """The first word from which going from head to head never comes to a root."""
    rooted: set[int] = {0}
    for k in range(1, len(words) + 1):
        way: list[int] = []
        seen: set[int] = set()
        at = k
        while at not in rooted:
            if at in seen:
                return k - 1
            seen.add(at)
            way.append(at)
            at = words[at - 1].head
        rooted.update(way)
    return None
