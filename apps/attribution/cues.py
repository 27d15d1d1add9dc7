"""The cue lexicon of a language: which verb forms and nouns report speech, and what may follow them.

Read once from ``lexicon/<code>.toml``; nothing about a language is written in code but the regular English inflexion,
which a language with its own forms overrides under ``[irregular]``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from apps.attribution.types import Kind
from apps.attribution.vocabulary import (
    ChannelWords,
    FigureWords,
    WhenWords,
    channel_words,
    figure_words,
    when_words,
)

PAST, PRESENT, BASE, GERUND = "past", "present", "base", "gerund"


@dataclass(frozen=True, slots=True)
class Cue:
    """One reading of a verb: its lemma, kind and complements (see the head of the lexicon file)."""

    lemma: str
    kind: Kind
    takes: frozenset[str]
    particles: frozenset[str]
    needs: bool
    phrase: bool
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Form:
    """One inflected form and every reading of it, in the order of the lexicon file."""

    tense: frozenset[str]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the rules know of one language."""

    verbs: Mapping[str, Form]
    nouns: Mapping[str, Kind]
    words: Mapping[str, frozenset[str]]
    leads: tuple[tuple[tuple[str, ...], Kind], ...]
    no_comment: Mapping[str, frozenset[str]]
    plural_nouns: frozenset[str]
    base_nouns: frozenset[str]
    numbers: Mapping[str, int]
    figures: FigureWords
    when: WhenWords
    channels: ChannelWords
    answering: Mapping[str, frozenset[str]]

    def is_(self, group: str, word: str) -> bool:
        """Whether the lower-case ``word`` belongs to a word class of the lexicon file's ``[words]``."""
        return word in self.words[group]


@cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language code such as ``en`` or ``en-GB``, or None where there is none."""
    code = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
    folder = resources.files("apps.attribution.lexicon")
    if not code.isalpha() or not (file := folder / f"{code}.toml").is_file():
        return None
    return _read(tomllib.loads(file.read_text(encoding="utf-8")))


def _read(data: dict[str, Any]) -> Lexicon:
    forms: dict[str, tuple[set[str], list[Cue]]] = {}
    for group in data["verbs"]:
        for lemma in group["words"].split():
            cue = Cue(
                lemma=lemma,
                kind=Kind(group["kind"]),
                takes=frozenset(group["takes"]),
                particles=frozenset(group.get("particles", ())),
                needs=bool(group.get("needs", False)),
                phrase=bool(group.get("phrase", False)),
                objects=frozenset(group.get("objects", "").split()),
            )
            for word, tense in _inflect(lemma, data["irregular"].get(lemma)):
                tenses, cues = forms.setdefault(word, (set(), []))
                tenses.add(tense)
                if cue not in cues:
                    cues.append(cue)
    nouns = {word: Kind(group["kind"]) for group in data["nouns"] for word in group["words"].split()}
    nouns |= {_plural(word): kind for word, kind in nouns.items()}
    return Lexicon(
        verbs={word: Form(frozenset(tenses), tuple(cues)) for word, (tenses, cues) in forms.items()},
        nouns=nouns,
        words={name: frozenset(words.split()) for name, words in data["words"].items()},
        leads=tuple((tuple(lead["words"]), Kind(lead["kind"])) for lead in data["lead"]),
        no_comment={name: frozenset(words.split()) for name, words in data["no_comment"].items()},
        plural_nouns=frozenset(data["ambiguous"]["plural_noun"].split()),
        base_nouns=frozenset(data["ambiguous"]["base_noun"].split()),
        numbers=data["numbers"],
        figures=figure_words(data),
        when=when_words(data),
        channels=channel_words(data),
        answering={name: frozenset(words.split()) for name, words in data["answering"].items()},
    )


def _inflect(lemma: str, irregular: str | None) -> list[tuple[str, str]]:
    if irregular:
        third, past, participle, gerund = irregular.split()
        return [(lemma, BASE), (third, PRESENT), (past, PAST), (participle, PAST), (gerund, GERUND)]
    stem = lemma.removesuffix("e")
    past = stem + "ed"
    gerund = stem + "ing" if not lemma.endswith("ee") else lemma + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        past, gerund = lemma[:-1] + "ied", lemma + "ing"
    return [(lemma, BASE), (_plural(lemma), PRESENT), (past, PAST), (gerund, GERUND)]


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s")
