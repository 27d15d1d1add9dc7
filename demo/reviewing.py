"""Reads ``review.json``: claims, decisions and counters, with every key and every word of a span checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demo.records import Record
from demo.shapes import (
    COMPARATORS,
    COUNTER_KINDS,
    KINDS,
    MEASURES,
    OUTCOMES,
    STANCES,
    Argued,
    Article,
    Claim,
    CopyDecided,
    Counter,
    Decided,
    Dossier,
    Figure,
    Finished,
    Person,
    Position,
    Review,
    Words,
)
from demo.spans import NotInText, locate


@dataclass(frozen=True, slots=True)
class _Known:
    """What a decision may name."""

    sources: frozenset[str]
    parties: frozenset[str]
    texts: dict[str, str]
    copy_of: dict[str, str | None]
    analysts: frozenset[str]
    editors: frozenset[str]
    claims: frozenset[str]

    @property
    def slugs(self) -> frozenset[str]:
        return frozenset(self.texts)


def read_review(top: Record, dossier: Dossier, articles: Sequence[Article], people: Iterable[Person]) -> Review:
    """The whole file. An article is decided on, finished or left: never left and touched."""
    top.only("claims", "decisions", "copies", "counters", "finished", "left")
    parties = frozenset(party.code for party in dossier.parties)
    claims = tuple(_claim(record, parties) for record in top.records("claims"))
    if len({claim.key for claim in claims}) < len(claims):
        raise top.error("claims", "two claims have one key")
    team = tuple(people)
    known = _Known(
        sources=frozenset(source.key for source in dossier.sources),
        parties=parties,
        texts={article.slug: article.text for article in articles},
        copy_of={article.slug: article.copy_of for article in articles},
        analysts=frozenset(person.key for person in team if person.role == "analyst"),
        editors=frozenset(person.key for person in team if person.role == "editor"),
        claims=frozenset(claim.key for claim in claims),
    )
    decisions = _decisions(top, known)
    copies = tuple(_copy(record, known) for record in top.records("copies", optional=True))
    finished = tuple(_finished(record, known) for record in top.records("finished", optional=True))
    left = top.texts("left")
    for slug in left:
        if slug not in known.slugs:
            raise top.error("left", f"there is no article {slug!r}")
    touched = {d.article for d in decisions} | {c.article for c in copies} | {f.article for f in finished}
    if both := touched & set(left):
        raise top.error("left", f"{min(both)!r} has decisions and cannot be left to the visitor")
    if neither := known.slugs - touched - set(left):
        raise top.error("left", f"{min(neither)!r} is neither decided on nor left to the visitor")
    return Review(
        claims=claims,
        decisions=decisions,
        copies=copies,
        counters=tuple(_counter(record, known) for record in top.records("counters", optional=True)),
        finished=finished,
        left=left,
    )


def _claim(record: Record, parties: frozenset[str]) -> Claim:
    record.only("key", "wording", "about")
    about = record.texts("about")
    if unknown := set(about) - parties:
        raise record.error("about", f"there is no party {min(unknown)!r}")
    return Claim(record.text("key"), record.text("wording"), about)


def _decisions(top: Record, known: _Known) -> tuple[Decided, ...]:
    earlier: dict[str, Decided] = {}
    for record in top.records("decisions"):
        decision = _decision(record, known, frozenset(earlier))
        if decision.key in earlier:
            raise record.error("key", f"{decision.key!r} stands there twice")
        if decision.relayed_by and earlier[decision.relayed_by].article != decision.article:
            raise record.error("relayed_by", "a relay stands in the article of its relayer")
        earlier[decision.key] = decision
    return tuple(earlier.values())


def _decision(record: Record, known: _Known, earlier: frozenset[str]) -> Decided:
    record.only(
        "key", "article", "content_contains", "words", "kind", "source", "on_behalf_of", "positions", "figures",
        "channel", "said_on", "relayed_by", "repeats", "added", "by", "checked_by", "then", "note",
    )  # fmt: skip
    then = record.choice("then", OUTCOMES)
    words = _words(record.record("words"))
    decision = Decided(
        key=record.text("key"),
        article=record.choice("article", known.slugs),
        content_contains=record.text("content_contains"),
        words=words,
        kind=record.choice("kind", KINDS),
        source=_maybe(record, "source", known.sources),
        on_behalf_of=_maybe(record, "on_behalf_of", known.sources),
        positions=tuple(_position(r, known, earlier) for r in record.records("positions", optional=True)),
        figures=tuple(_figure(r) for r in record.records("figures", optional=True)),
        channel=record.maybe_text("channel"),
        said_on=record.maybe_day("said_on"),
        relayed_by=_maybe(record, "relayed_by", earlier),
        repeats=_maybe(record, "repeats", earlier),
        added=record.flag("added"),
        by=record.choice("by", known.analysts),
        checked_by=_maybe(record, "checked_by", known.editors),
        then=then,
        note=record.maybe_text("note") or "",
    )
    if decision.source is None and then != "rejected":
        raise record.error("source", "only a rejected proposal goes without a source")
    if (decision.checked_by is not None) != (then in {"approved", "returned"}):
        raise record.error("checked_by", "an editor acts on what is approved or returned, and on nothing else")
    if then in {"returned", "rejected"} and not decision.note:
        raise record.error("note", f"what is {then} says why")
    if not any(decision.content_contains in part for part in words.content):
        raise record.error("content_contains", "stands in no content span of the decision")
    try:
        locate(known.texts[decision.article], words)
    except NotInText as problem:
        raise record.error("words", f"{problem} in article {decision.article!r}") from problem
    return decision


def _words(record: Record) -> Words:
    record.only("source", "cue", "content")
    return Words(record.text("source"), record.text("cue"), record.texts("content"))


def _position(record: Record, known: _Known, earlier: frozenset[str]) -> Position:
    record.only("claim", "stance", "retracts", "counters")
    claim = record.choice("claim", known.claims)
    stance = record.choice("stance", STANCES)
    retracts = _maybe(record, "retracts", earlier)
    if (retracts is not None) != (stance == "retracts"):
        raise record.error("retracts", "a retraction, and nothing else, names the decision it takes back")
    argued = None
    if "counters" in record.values:
        counter = record.record("counters").only("claim", "kind")
        argued = Argued(counter.choice("claim", known.claims - {claim}), counter.choice("kind", COUNTER_KINDS))
    return Position(claim, stance, retracts, argued)


def _figure(record: Record) -> Figure:
    record.only("measure", "comparator", "low", "high", "of_whom")
    figure = Figure(
        measure=record.choice("measure", MEASURES),
        comparator=record.choice("comparator", COMPARATORS),
        low=record.integer("low"),
        high=record.maybe_integer("high"),
        of_whom=record.maybe_text("of_whom") or "",
    )
    if (figure.high is not None) != (figure.comparator == "range"):
        raise record.error("high", "a range, and nothing else, has two ends")
    return figure


def _copy(record: Record, known: _Known) -> CopyDecided:
    record.only("article", "of", "by", "checked_by")
    article = record.choice("article", known.slugs)
    of = record.text("of")
    if known.copy_of[article] != of:
        raise record.error("of", f"{article!r} is no copy of {of!r}")
    return CopyDecided(article, of, record.choice("by", known.analysts), record.choice("checked_by", known.editors))


def _finished(record: Record, known: _Known) -> Finished:
    record.only("article", "by", "note")
    return Finished(record.choice("article", known.slugs), record.choice("by", known.analysts), record.text("note"))


def _counter(record: Record, known: _Known) -> Counter:
    record.only("claim", "kind", "against", "by", "checked_by", "then")
    claim = record.choice("claim", known.claims)
    then = record.choice("then", frozenset({"approved", "submitted"}))
    checked_by = _maybe(record, "checked_by", known.editors)
    if (checked_by is not None) != (then == "approved"):
        raise record.error("checked_by", "an editor acts on what is approved, and on nothing else")
    return Counter(
        claim=claim,
        kind=record.choice("kind", COUNTER_KINDS),
        against=record.choice("against", known.claims - {claim}),
        by=record.choice("by", known.analysts),
        checked_by=checked_by,
        then=then,
    )


def _maybe(record: Record, key: str, allowed: frozenset[str]) -> str | None:
    return None if record.maybe_text(key) is None else record.choice(key, allowed)
