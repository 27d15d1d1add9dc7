"""A claim sheet in the words and shapes of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from apps.accounts.selectors import Named
from apps.claims.models import Stance
from apps.crosscheck.rules import CONCEDES, PARTLY, Held, Voice
from apps.crosscheck.sheets import ClaimSheet, Column, Known
from apps.dossiers.selectors import PartyLabel
from apps.web import moments
from apps.web.charts import Lane, Mark, Timeline, timeline
from apps.web.overview.showing import capped
from apps.web.quoting import Quote, article_url, in_words, position, quote

MOST_MARKS = 18
"""Marks in one lane: more would be drawn over each other."""


@dataclass(frozen=True)
class Elsewhere:
    """Words that bear on this claim through another one: by which, and how it reads."""

    ref: str
    wording: str
    quote: Quote


@dataclass(frozen=True)
class ShownColumn:
    """A party's column. ``silence`` is what to say where it holds no position; ``more`` and ``more_instances`` are
    what is held beyond what is shown."""

    side: PartyLabel | None
    anchor: str
    marks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    more: str
    counters: tuple[Elsewhere, ...]
    instances: tuple[Elsewhere, ...]
    more_instances: str
    silence: str
    is_about: bool


def anchor(side: PartyLabel | None) -> str:
    """Where on the page a party's column stands."""
    return f"side-{side.code}" if side else "side-none"


def column(slug: str, one: Column, *, articles_held: int, query: str = "") -> ShownColumn:
    """Positions first, then counters its speakers argued, then positions on instances, which do not count here."""
    return ShownColumn(
        side=one.party,
        anchor=anchor(one.party),
        marks=one.marks,
        quotes=tuple(position(slug, taken, query=query) for taken in one.positions),
        more=_more(one.more),
        counters=tuple(
            Elsewhere(c.claim_ref, c.wording, quote(slug, c.statement, stance=c.kind, query=query))
            for c in one.counters
        ),
        instances=tuple(
            Elsewhere(ref, wording, position(slug, taken, note=_("one instance"), query=query))
            for ref, wording, taken in one.instances
        ),
        more_instances=_more(one.more_instances),
        silence=silence(articles_held) if one.silent and one.party else "",
        is_about=one.is_about,
    )


def _more(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(n)d older position is held.", "%(n)d older positions are held.", count) % {"n": count}


def silence(articles: int) -> str:
    """What is said of a party without a position: how much was looked through, never that it said nothing."""
    return ngettext(
        "No position on this claim found in the one article held.",
        "No position on this claim found in the %(n)s articles held.",
        articles,
    ) % {"n": capped(articles)}


@dataclass(frozen=True)
class Fact:
    """A ground of the standing: words with the numbers in them, and where on the page they rest."""

    words: str
    anchor: str


_GROUNDS: tuple[tuple[frozenset[str], str | Promise], ...] = (
    (frozenset({Stance.ASSERTS}), gettext_lazy("asserted by %(who)s")),
    (frozenset({Stance.DENIES}), gettext_lazy("denied by %(who)s")),
    (frozenset({CONCEDES, PARTLY}), gettext_lazy("admitted, wholly or in part, by %(who)s")),
    (frozenset({Stance.PRESUPPOSES}), gettext_lazy("presupposed by %(who)s")),
    (frozenset({Stance.RETRACTS}), gettext_lazy("retracted by %(who)s")),
)


def facts(sheet: ClaimSheet, *, until: datetime) -> tuple[Fact, ...]:
    """The grounds in words: who asserts, who denies, how many origins, how long it has waited as of ``until``."""
    held, sides = sheet.standing.held, {one.party.id: one.party for one in sheet.columns if one.party}
    shown: list[Fact] = []
    for stances, words in _GROUNDS:
        taken = [h for h in held if h.stance in stances]
        if taken:
            shown.append(Fact(words % {"who": _who(taken)}, _where(taken, sides)))
    argued = sum(len(one.counters) for one in sheet.columns)
    if argued:
        words = ngettext("met by %(n)d counter that a speaker made", "met by %(n)d counters that speakers made", argued)
        shown.append(Fact(words % {"n": argued}, "sides"))
    if held:
        shown.append(Fact(_origins(sheet), "origins"))
    if sheet.waiting_for and sheet.standing.found.first_said is not None:
        parties = ", ".join(p.name for p in sheet.waiting_for)
        span = moments.span(until - sheet.standing.found.first_said)
        words = _("no position of %(parties)s found, %(span)s after it was first asserted")
        shown.append(Fact(words % {"parties": parties, "span": span}, anchor(sheet.waiting_for[0])))
    return tuple(shown)


def _origins(sheet: ClaimSheet) -> str:
    origins = sheet.standing.origins
    words = ngettext("%(n)d independent origin", "%(n)d independent origins", origins.known) % {"n": origins.known}
    articles = ngettext("of %(n)d article", "of %(n)d articles", origins.articles) % {"n": origins.articles}
    if not origins.unknown:
        return f"{words} {articles}"
    unknown = ngettext("%(n)d of unknown origin", "%(n)d of unknown origin", origins.unknown) % {"n": origins.unknown}
    return f"{words} {articles}, {unknown}"


def _where(taken: Iterable[Held], sides: Mapping[int, PartyLabel]) -> str:
    found = {held.party_id for held in taken}
    if len(found) > 1:
        return "sides"
    return anchor(sides.get(found.pop() or 0))


def _who(taken: Iterable[Held]) -> str:
    held = list(taken)
    principals = len({h.principal_id for h in held})
    parties = len({h.party_id for h in held if h.party_id is not None})
    sources = ngettext("%(n)d principal", "%(n)d principals", principals) % {"n": principals}
    if not parties:
        return _("%(sources)s of no party") % {"sources": sources}
    of = ngettext("%(n)d party", "%(n)d parties", parties) % {"n": parties}
    if any(h.party_id is None for h in held):
        return _("%(sources)s of %(parties)s and of none") % {"sources": sources, "parties": of}
    return _("%(sources)s of %(parties)s") % {"sources": sources, "parties": of}


@dataclass(frozen=True)
class AtOnce:
    """A principal whose latest positions overlap in time and are not the same."""

    name: str
    stances: str


def at_once(sheet: ClaimSheet) -> tuple[AtOnce, ...]:
    """Whose voice is inconsistent, without a word on which of it holds."""
    return tuple(
        AtOnce(sheet.standing.principals[voice.principal_id].name, _stances(voice))
        for voice in sheet.standing.inconsistent
    )


def _stances(voice: Voice) -> str:
    return ", ".join(str(Stance(one).label) for one in Stance.values if one in voice.stances)


@dataclass(frozen=True)
class Step:
    """How the claim came to be known: what an entry of the ledger changed, who made it, and where to read it."""

    at: datetime
    words: str
    who: str
    index: int
    url: str


_CHANGED = {
    ("claim", "added"): ngettext_lazy("%d claim approved", "%d claims approved"),
    ("claim", "withdrawn"): ngettext_lazy("%d claim withdrawn", "%d claims withdrawn"),
    ("position", "added"): ngettext_lazy("%d position approved", "%d positions approved"),
    ("position", "withdrawn"): ngettext_lazy("%d position withdrawn", "%d positions withdrawn"),
    ("counter", "added"): ngettext_lazy("%d counter approved", "%d counters approved"),
    ("counter", "withdrawn"): ngettext_lazy("%d counter withdrawn", "%d counters withdrawn"),
    ("gone", "added"): ngettext_lazy(
        "words gone from a later version of %d article", "words gone from later versions of %d articles"
    ),
    ("gone", "withdrawn"): ngettext_lazy(
        "words are no longer gone from %d article", "words are no longer gone from %d articles"
    ),
    ("removal", "added"): ngettext_lazy(
        "%d article removed by its publisher", "%d articles removed by their publishers"
    ),
    ("removal", "withdrawn"): ngettext_lazy(
        "%d article is at its address again", "%d articles are at their addresses again"
    ),
}


def history(slug: str, steps: Iterable[Known], names: Mapping[str, Named]) -> tuple[Step, ...]:
    """A line for each ledger entry that brought something of the claim about, or ended it."""
    return tuple(
        Step(
            at=step.at,
            words=", ".join(str(words % step.facts[key]) for key, words in _CHANGED.items() if key in step.facts),
            who=_name(names.get(step.actor)),
            index=step.index,
            url=f"{reverse('history', args=[slug])}?before={step.index + 1}",
        )
        for step in steps
    )


def _name(who: Named | None) -> str:
    if who is None or not who.name:
        return _("the machine")
    return _("%(name)s with the key “%(key)s”") % {"name": who.name, "key": who.how} if who.how else who.name


def spoke_when(slug: str, sheet: ClaimSheet, query: str) -> tuple[Timeline | None, bool]:
    """Who spoke when, a lane a party; and whether older marks were left out."""
    lanes, cut = [], False
    for one in sheet.columns:
        told = [(t.statement, t.stance, in_words(t)) for t in one.positions]
        told += [(c.statement, c.kind, in_words(c)) for c in one.counters]
        newest = sorted(told, key=lambda row: row[0].said_until)[-MOST_MARKS:]
        cut = cut or len(newest) < len(told) or one.more > 0
        marks = tuple(
            Mark(said.said_until, kind, words, article_url(slug, said.first, query) if said.first else "")
            for said, kind, words in newest
        )
        if one.party or marks:
            lanes.append(Lane(side=one.party, marks=marks))
    return timeline(lanes, zone=moments.here()), cut
