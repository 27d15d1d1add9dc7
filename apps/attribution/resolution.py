"""Whose name a source span is: a pure comparison of words with the names of known sources, and the reason in words.

Never guesses silently: a metonym ("Baku"), a transliteration, a role and whatever the words say only in part are
proposed with ``certain=False``; words that fit two sources, or none, stay unresolved and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.attribution.fitting import Fit, is_unnamed, literally, loosely, of_owner, speaks
from apps.attribution.naming import Name, fold
from apps.attribution.offices import SPEAKER, offices, said
from apps.attribution.persons import first_and_last, is_place, persons, segments
from apps.attribution.register import BY_WAY, Names

__all__ = ["UNRESOLVED", "Name", "Names", "Resolution", "fold", "resolve"]

UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The source meant, if any, and why; ``certain`` is False where a person has to decide.

    ``reason`` is a phrase for people, ``rule`` a slug of the rule that spoke (``unresolved`` if none did), and
    ``candidates`` the sources to look at where it stays unresolved: those it fits alike, or the nearest.
    """

    source_id: int | None
    reason: str
    certain: bool
    rule: str = UNRESOLVED
    candidates: tuple[int, ...] = ()


def resolve(
    mention: str,
    names: Names | Sequence[Name],
    *,
    antecedent: str | None = None,
    context: Sequence[str] = (),
) -> Resolution:
    """The source among ``names`` that ``mention`` names, most literal reading first.

    ``antecedent`` is the earlier, fuller mention that a pronoun, a surname or "the ministry" repeats, or whose "its" in
    "its ministry" is; what is found through it is certain only where the text itself gives the short form: a surname
    after the full name, an acronym in brackets. ``context`` are earlier mentions of the text, latest first: they tell
    which of two defence ministries "the defence ministry" may be. A sequence of names is read anew every time, so make
    it :class:`Names` once where there is more than one mention.
    """
    known = names if isinstance(names, Names) else Names(names)
    words = mention.strip()
    if not words:
        return Resolution(None, "no source is named", certain=False)
    literal = _first(words, literally(words, known))
    if literal is not None:
        return literal
    if antecedent is not None:
        return _through(words, antecedent, known, context)
    return _by_own_words(words, known, context)


def _by_own_words(words: str, known: Names, context: Sequence[str]) -> Resolution:
    """What the words say without an antecedent."""
    if fold(words) in offices().words["pronouns"] and not (words.isupper() and is_place(words)):
        return Resolution(None, f"“{_short(words)}” is a pronoun", certain=False)
    if len(named := _several(words, known)) > 1:
        return Resolution(
            None, f"“{_short(words)}” names several: {_listed(named)}", certain=False, candidates=_ids(named)
        )
    found = _first(words, loosely(words, known), context=context, known=known)
    rest = _without_possessive(words)
    if found is None and rest and rest != words:
        found = _first(rest, (*literally(rest, known), *loosely(rest, known)), context=context, known=known)
        found = replace(found, certain=False) if found else None
    return _with_full_name(words, found, known, context) if found else _nobody(words, known)


def _with_full_name(words: str, found: Resolution, known: Names, context: Sequence[str]) -> Resolution:
    """A last name is certain where the text has given the full name before, and nobody else known bears it."""
    if found.rule != "surname":
        return found
    for before in context:
        if _introduces(before, words):
            full = _first(before, literally(before, known))
            if full is not None and full.source_id == found.source_id:
                reason = f"“{_short(before)}” was named before; {full.reason}"
                return replace(found, reason=reason, certain=full.certain)
    return found


# Through an antecedent


def _through(words: str, antecedent: str, known: Names, context: Sequence[str]) -> Resolution:
    rest = _without_possessive(words)
    if rest != words and rest:
        return _owned(words, rest, antecedent, known)
    before = _first(antecedent, literally(antecedent, known)) or _by_own_words(antecedent.strip(), known, context)
    short, full = _short(words), _short(antecedent)
    if before.source_id is None:
        return replace(before, reason=f"“{short}” repeats “{full}”; {before.reason}")
    introduced = _introduces(antecedent, words)
    others = {n.source_id for n in known.surname(fold(words))} - {before.source_id}
    return Resolution(
        before.source_id,
        f"“{short}” repeats “{full}”" + (f", {introduced}" if introduced else "") + f"; {before.reason}",
        certain=before.certain and bool(introduced) and not others,
        rule=f"repeated {before.rule}",
    )


def _introduces(antecedent: str, words: str) -> str:
    """How the fuller mention itself gives the short form; empty if it does not."""
    short = fold(words)
    if any(fold(part) == short for part in segments(antecedent)[1:]):
        return "which gives the short form"
    named = [first_and_last(p.text) for p in persons(antecedent) if len(p.text.split()) > 1]
    said_by = persons(words)
    if named and said_by and first_and_last(said_by[0].text) == named[0][-1:]:
        return "the full name"
    return ""


def _without_possessive(words: str) -> str:
    """The words without "its", "their" or "his" in them; none for such a word alone."""
    kept = [word for word in words.split() if word.casefold() not in offices().words["possessives"]]
    return " ".join(kept)


def _owned(words: str, rest: str, antecedent: str, known: Names) -> Resolution:
    """ "Its defence ministry" and "a spokesman for its army", where the antecedent says whose."""
    owner = resolve(antecedent, known)
    full = f"“{_short(words)}” is taken as that of “{_short(antecedent)}”"
    places = known.places_in(antecedent) or known.whose(owner.source_id)
    owners = [frozenset((place,)) for place in places] + known.of_source(owner.source_id)
    found = _first(words, of_owner(rest, owners, known)) or _first(words, literally(rest, known))
    if found is None and owner.source_id is not None and _only_speaks(rest):
        found = replace(owner, rule="spokesperson")
    found = found or _nobody(rest, known)
    rule = UNRESOLVED if found.source_id is None else f"owned {found.rule}"
    return replace(found, reason=f"{full}; {found.reason}", certain=False, rule=rule)


def _only_speaks(rest: str) -> bool:
    """Whether the words say that somebody speaks, and perhaps where, but for nobody else."""
    return speaks(rest) and all(token == SPEAKER or ">" in token for bag in said(rest).same for token in bag)


def _several(words: str, known: Names) -> list[Name]:
    """The names on both sides of an "and", where each side names somebody."""
    sides = words.replace(" & ", " and ").split(" and ")
    if len(sides) < 2:
        return []
    found: list[Name] = []
    for side in sides[:4]:
        fits = [fit for fit in (*literally(side.strip(), known), *loosely(side.strip(), known)) if fit]
        found += fits[0].names[:1] if fits else ()
    whole = said(words)
    joined = known.bags("same", whole.same) or known.bags("stems", whole.stems)
    return [] if joined else list(dict.fromkeys(found))


# What the rules found


def _first(
    words: str, fits: Iterable[Fit | None], *, context: Sequence[str] = (), known: Names | None = None
) -> Resolution | None:
    """What the first rule that found anything says: one source, or several and so none."""
    for fit in fits:
        if fit is None:
            continue
        if len({n.source_id for n in fit.names}) == 1:
            return _one(fit)
        return (_in_context(fit, context, known) if known else None) or Resolution(
            None,
            f"“{_short(words)}” fits more than one source: {_listed(fit.names)}",
            certain=False,
            candidates=_ids(fit.names),
        )
    return None


def _one(fit: Fit) -> Resolution:
    name = min(fit.names, key=lambda n: (n.form in BY_WAY, -len(n.text), n.text))
    by_way = name.form in BY_WAY
    reason = fit.reason.format(form=name.form, text=name.text)
    if by_way and "a person decides" not in reason:
        reason += f"; a person decides whom a {name.form} stands for"
    return Resolution(name.source_id, reason, certain=fit.certain and not by_way, rule=fit.rule)


def _in_context(fit: Fit, context: Sequence[str], known: Names) -> Resolution | None:
    """The one of several offices whose state the text has spoken of last."""
    for before in context:
        places = known.places_in(before)
        if not places:
            continue
        here = [n for n in fit.names if places & known.places_in(n.text)]
        if len({n.source_id for n in here}) != 1:
            return None
        found = _one(replace(fit, names=tuple(here)))
        return replace(found, reason=f"“{_short(before)}” was spoken of before; {found.reason}", certain=False)
    return None


def _nobody(words: str, known: Names) -> Resolution:
    part = (segments(words) or [words])[0]
    near = known.nearest(words)
    unnamed = not persons(words) and is_unnamed(part)
    reason = f"“{_short(words)}” names nobody" if unnamed else f"no known source is called “{_short(words)}”"
    if near:
        reason += f"; nearest: {_listed(near)}"
    return Resolution(None, reason, certain=False, candidates=_ids(near))


def _ids(names: Iterable[Name]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(n.source_id for n in names))[:3]


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _listed(names: Iterable[Name]) -> str:
    shown = list(dict.fromkeys(f"“{n.text}”" for n in names))[:3]
    return ", ".join(shown)
