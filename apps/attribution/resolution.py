"""Whose name a source span is: a pure comparison of words with the names of known sources, and the reason in words.

Never guesses silently: a metonym ("Baku"), a transliteration and a role are proposed with ``certain=False``; words that
fit two sources, or none, stay unresolved and say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import fuzz

from apps.attribution.cues import lexicon

UNCERTAIN_FORMS = frozenset(("metonym", "role"))
NAME_BOUND = 84.0
WORD_BOUND = 74.0
LONGEST = 400
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
WORD = re.compile(r"[^\W_]+")
SAME_SOUND = (("kh", "h"), ("gh", "g"), ("gue", "ge"), ("gui", "gi"), ("ph", "f"))
APPOSITIVE = re.compile(r"[,(–—]")
DIRECTED = frozenset(("to", "in", "for", "from", "with", "against", "at", "on", "by", "near"))
PRONOUNS = frozenset(
    [
        "he",
        "she",
        "it",
        "they",
        "we",
        "i",
        "you",
        "who",
        "which",
        "that",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "your",
        "him",
        "them",
    ]
)
SPELLINGS = {"defence": "defense", "organisation": "organization", "labour": "labor", "programme": "program"}


@dataclass(frozen=True, slots=True)
class Name:
    """One name a source goes by.

    ``form`` is one of official, short, transliterated, acronym, metonym, role, preferred.
    """

    source_id: int
    text: str
    form: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The source meant, if any, and why; ``certain`` is False where a person has to decide."""

    source_id: int | None
    reason: str
    certain: bool


def fold(text: str) -> str:
    """The words of a name without case, diacritics, a leading article, hyphens and possessive endings."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST].translate(APOSTROPHES).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("'s ", " ")
    plain = plain.removesuffix("'s").removesuffix("'")
    words = [SPELLINGS.get(word, word) for word in WORD.findall(plain)]
    if words and words[0] in ("the", "a", "an") and len(words) > 1:
        words = words[1:]
    return " ".join(words)


def resolve(mention: str, names: Sequence[Name], *, antecedent: str | None = None) -> Resolution:
    """The source among ``names`` that ``mention`` names, most literal reading first.

    ``antecedent`` is the earlier, fuller mention that a pronoun or "the ministry" repeats; what is found through it is
    never certain.
    """
    own = _resolve_words(mention, names)
    if own.source_id is not None or antecedent is None:
        return own
    through = _resolve_words(antecedent, names)
    if through.source_id is None:
        return Resolution(None, f"“{_short(mention)}” repeats “{_short(antecedent)}”; {through.reason}", False)
    return Resolution(through.source_id, f"“{_short(mention)}” repeats “{_short(antecedent)}”; {through.reason}", False)


def _resolve_words(mention: str, names: Sequence[Name]) -> Resolution:
    words = mention.strip()
    if not words:
        return Resolution(None, "no source is named", False)
    if fold(words) in PRONOUNS:
        return Resolution(None, f"“{_short(words)}” is a pronoun", False)
    core = APPOSITIVE.split(words, maxsplit=1)[0].strip() or words
    for reading in dict.fromkeys((words, core)):
        found = _literal(reading, names)
        if found is not None:
            return found
    return _by_sound(core, names) or Resolution(None, f"no known source is called “{_short(words)}”", False)


def _literal(words: str, names: Sequence[Name]) -> Resolution | None:
    folded = fold(words)
    turned = _turned(words)
    steps: tuple[tuple[Callable[[Name], bool], str, bool], ...] = (
        (lambda n: n.text.strip() == words, "exactly the {form} name “{text}”", True),
        (lambda n: bool(folded) and fold(n.text) == folded, "the {form} name “{text}” but for case or marks", True),
        (lambda n: turned is not None and _turned(n.text) == turned, "the {form} name “{text}” in other order", True),
        (lambda n: _ends_in_titled_person(folded, n), "a title and the {form} name “{text}”", True),
        (lambda n: _ends_in_person(folded, n), "ends in the {form} name “{text}”", False),
    )
    for fits, reason, certain in steps:
        found = _only(words, [n for n in names if fits(n)], reason, certain)
        if found is not None:
            return found
    return None


def _only(mention: str, found: Sequence[Name], reason: str, certain: bool) -> Resolution | None:
    if not found:
        return None
    if len({n.source_id for n in found}) > 1:
        return Resolution(None, f"“{_short(mention)}” fits more than one source: {_listed(found)}", False)
    name = min(found, key=lambda n: (n.form in UNCERTAIN_FORMS, -len(n.text), n.text))
    uncertain = name.form in UNCERTAIN_FORMS
    words = reason.format(form=name.form, text=name.text)
    if uncertain:
        words += "; a person decides whom a " + ("metonym" if name.form == "metonym" else "role") + " stands for"
    return Resolution(name.source_id, words, certain and not uncertain)


def _turned(text: str) -> str | None:
    """A key that makes "the ministry of defence of X" and "X's defence ministry" equal.

    None for a single word and where a preposition other than "of" tells who from whom: the ambassadors of two states
    to each other share all their words.
    """
    words = fold(text).split()
    if len(words) < 2 or not DIRECTED.isdisjoint(words):
        return None
    return " ".join(sorted(w for w in words if w not in ("of", "the")))


def _class(group: str) -> frozenset[str]:
    english = lexicon("en")
    return english.words[group] if english is not None else frozenset()


def _is_person_name(name: Name) -> bool:
    """Two words or more, none of them that of an institution: what a title may stand before."""
    words = fold(name.text).split()
    return (
        len(words) > 1
        and name.form not in UNCERTAIN_FORMS
        and name.form != "acronym"
        and "of" not in words
        and _class("institutions").isdisjoint(words)
    )


def _ends_in_person(folded: str, name: Name) -> bool:
    key = fold(name.text)
    if not _is_person_name(name) or not folded.endswith(f" {key}"):
        return False
    return folded[: -len(key)].rsplit(maxsplit=1)[-1] not in DIRECTED | {"of"}


def _ends_in_titled_person(folded: str, name: Name) -> bool:
    """ "ministry spokesperson NAME": the person speaks, not the institution the title names."""
    key = fold(name.text)
    return _ends_in_person(folded, name) and not _class("titles").isdisjoint(folded[: -len(key)].split())


def _by_sound(mention: str, names: Sequence[Name]) -> Resolution | None:
    """Transliterations: the last two words of both in Latin letters, compared word by word with a strict bound."""
    said = _latin(mention)
    if len(said) < 2:
        return None
    scored: list[tuple[float, Name]] = []
    for name in names:
        if not _is_person_name(name):
            continue
        key = _latin(name.text)
        if len(key) < 2 or len(key) > len(said):
            continue
        tail = said[-len(key) :]
        ratios = [fuzz.ratio(a, b) for a, b in zip(tail, key, strict=True)]
        whole = fuzz.ratio(" ".join(tail), " ".join(key))
        if (
            whole >= NAME_BOUND
            and min(ratios) >= WORD_BOUND
            and all(a[0] == b[0] for a, b in zip(tail, key, strict=True))
        ):
            scored.append((whole, name))
    if not scored:
        return None
    best = max(score for score, _ in scored)
    top = [name for score, name in scored if score >= best - 2]
    if len({n.source_id for n in top}) > 1:
        return Resolution(None, f"“{_short(mention)}” sounds like more than one source: {_listed(top)}", False)
    return Resolution(top[0].source_id, f"spelt like “{top[0].text}” in another transliteration", False)


def _latin(text: str) -> list[str]:
    plain = fold(anyascii(text[:LONGEST]).replace("'", "").replace("`", ""))
    for written, sound in SAME_SOUND:
        plain = plain.replace(written, sound)
    return plain.split()


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _listed(names: Sequence[Name]) -> str:
    shown = list(dict.fromkeys(f"“{n.text}”" for n in names))[:3]
    return ", ".join(shown)
