"""A claim sheet in the words and shapes of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.crosscheck.sheets import ClaimSheet, Column, Known
from apps.dossiers.selectors import PartyLabel
from apps.web import moments
from apps.web.quoting import Quote, position, quote


@dataclass(frozen=True)
class ShownColumn:
    """A party's column. ``silence`` is what to say where it holds no position."""

    side: PartyLabel | None
    marks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    counters: tuple[tuple[str, str, Quote], ...]
    instances: tuple[tuple[str, str, Quote], ...]
    silence: str
    is_about: bool


def column(slug: str, one: Column, sheet: ClaimSheet, *, query: str = "") -> ShownColumn:
    """Positions first, then counters its speakers argued, then positions on instances, which do not count here."""
    return ShownColumn(
        side=one.party,
        marks=one.marks,
        quotes=tuple(position(slug, taken, query=query) for taken in one.positions),
        counters=tuple((c.claim_ref, c.wording, quote(slug, c.statement, stance=c.kind, query=query)) for c in one.counters),
        instances=tuple(
            (ref, wording, position(slug, taken, note=_("one instance"), query=query))
            for ref, wording, taken in one.instances
        ),
        silence=_silence(sheet.articles_held) if one.silent else "",
        is_about=one.is_about,
    )


def _silence(articles: int) -> str:
    return ngettext(
        "No position on this claim found in the one article held.",
        "No position on this claim found in the %(n)d articles held.",
        articles,
    ) % {"n": articles}


@dataclass(frozen=True)
class Fact:
    """A ground of the standing: words with the numbers in them, and where on the page they rest."""

    words: str
    anchor: str


def facts(sheet: ClaimSheet) -> tuple[Fact, ...]:
    """The grounds in words: who asserts, who denies, how many origins, how long it has waited."""
    found = sheet.standing
    shown: list[Fact] = []
    for stances, words in (
        (("asserts",), _("asserted by %(who)s")),
        (("denies",), _("denied by %(who)s")),
        (("concedes", "partly_admits"), _("admitted, wholly or partly, by %(who)s")),
        (("presupposes",), _("presupposed by %(who)s")),
    ):
        taken = found.of_stance(*stances)
        if taken:
            who = _who(
                len({t.statement.principal.id for t in taken}),
                len({t.statement.party.id for t in taken if t.statement.party}),
            )
            shown.append(Fact(words % {"who": who}, "sides"))
    if found.positions:
        origins = found.origins
        text = ngettext(
            "%(known)d independent origin of %(n)d article",
            "%(known)d independent origins of %(n)d articles",
            origins.articles,
        ) % {"known": origins.known, "n": origins.articles}
        if origins.unknown:
            text += " " + _("(%(n)d of unknown origin)") % {"n": origins.unknown}
        shown.append(Fact(text, "origins"))
    if sheet.waiting_for and found.found.first_said is not None:
        parties = ", ".join(p.name for p in sheet.waiting_for)
        span = moments.span(_now(sheet) - found.found.first_said)
        shown.append(Fact(_("no position of %(parties)s found for %(span)s") % {"parties": parties, "span": span}, "sides"))
    return tuple(shown)


def _now(sheet: ClaimSheet) -> datetime:
    return timezone.now()


def _who(principals: int, parties: int) -> str:
    sources = ngettext("%(n)d principal", "%(n)d principals", principals) % {"n": principals}
    if not parties:
        return sources
    return _("%(sources)s of %(parties)s") % {
        "sources": sources,
        "parties": ngettext("%(n)d party", "%(n)d parties", parties) % {"n": parties},
    }


def history(sheet: ClaimSheet) -> tuple[tuple[datetime, str], ...]:
    """How the claim came to be known: a line for each ledger entry that brought something about."""
    return tuple((step.at, _step(step)) for step in sheet.history)


def _step(step: Known) -> str:
    positions = sum(1 for noun in step.facts if noun == "position")
    parts = []
    if "claim" in step.facts:
        parts.append(_("claim approved"))
    if positions:
        parts.append(ngettext("%(n)d position approved", "%(n)d positions approved", positions) % {"n": positions})
    what = ", ".join(parts) or _("a fact was recorded")
    return _("%(what)s (entry %(index)s of the ledger)") % {"what": what, "index": step.index}
