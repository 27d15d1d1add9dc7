"""Statements as quotations on a page: their words, who said them, and where to read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.claims.models import CounterKind, Stance
from apps.crosscheck.selectors import Evidence, Moments, Said, Taken
from apps.crosscheck.sheets import CounterMade
from apps.dossiers.selectors import PartyLabel
from apps.statements.models import Quotation
from apps.web import moments
from apps.web.http import AsOf


@dataclass(frozen=True)
class Later:
    """What became of the article, or of its words, after they were preserved: in words, and since when it is known."""

    words: str
    since: datetime


@dataclass(frozen=True)
class Quote:
    """What ``components/quote.html`` draws."""

    side: PartyLabel | None
    stance: str
    note: str
    words: str
    source: str
    source_url: str
    role: str
    cue: str
    how: str
    cited: str
    cited_url: str
    relayed_by: str
    lang: str = ""
    later: tuple[Later, ...] = ()


def times_of(read: AsOf) -> Moments:
    """The two times of a page, as the domain takes them."""
    return Moments(said_until=read.said_until, known_at=read.known_at)


def join(parts: tuple[str, ...]) -> str:
    """The content spans as one line; what stood between them is left out, and shown to be."""
    return " … ".join(" ".join(part.split()) for part in parts)


def cited(evidence: Evidence) -> str:
    """ "Harbour Ledger, 20 Sep 2023, ¶ 4"."""
    day = moments.day(evidence.published, moments.here()) if evidence.published else _("undated")
    where = evidence.outlet or evidence.article_ref
    return _("%(outlet)s, %(day)s, ¶ %(paragraph)s") % {"outlet": where, "day": day, "paragraph": evidence.paragraph}


def article_url(slug: str, evidence: Evidence, query: str = "") -> str:
    """Where the words stand: in the newest text or, once that lacks them, in the one that has them."""
    if evidence.gone_since is not None:
        query = f"{query}{'&' if query else '?'}rendition={evidence.rendition_id}"
    return reverse("article", args=[slug, evidence.article_ref]) + query + f"#p{evidence.paragraph}"


def later(said: Said) -> tuple[Later, ...]:
    """Whether the words are gone from later versions, of all articles or the one cited, and whether that is removed."""
    told, first = [], said.first
    if said.stale_since is not None:
        more_than_one = said.copies + said.reports > 1
        words = _("gone from the later versions of all articles") if more_than_one else _("gone from the later version")
        told.append(Later(words, said.stale_since))
    elif first is not None and first.gone_since is not None:
        told.append(Later(_("gone from the later version of this article, not of all"), first.gone_since))
    if first is not None and first.removed_since is not None:
        told.append(Later(_("the publisher removed this article"), first.removed_since))
    return tuple(told)


def quote(slug: str, said: Said, *, stance: str = "", note: str = "", query: str = "") -> Quote:
    """A statement by its first evidence; how many copies carry it is told beside how it was said."""
    first = said.first
    how = [str(Quotation(first.quotation).label)] if first else []
    if said.channel:
        how.append(said.channel)
    if said.copies:
        how.append(ngettext("and %(n)d copy", "and %(n)d copies", said.copies) % {"n": said.copies})
    if said.reports > 1:
        others = said.reports - 1
        how.append(ngettext("and %(n)d further report", "and %(n)d further reports", others) % {"n": others})
    for_whom = said.principal.name if said.principal.id != said.source.id else ""
    role = ", ".join(filter(None, (said.source.role, _("for %(who)s") % {"who": for_whom} if for_whom else "")))
    return Quote(
        side=said.party,
        stance=stance,
        note=note,
        words=join(first.content) if first else "",
        source=said.source.name,
        source_url=reverse("source", args=[slug, said.source.public_id]) + query,
        role=role,
        cue=first.cue if first else "",
        how=", ".join(how),
        cited=cited(first) if first else "",
        cited_url=article_url(slug, first, query) if first else "",
        relayed_by=said.relayed_by.name if said.relayed_by else "",
        later=later(said),
    )


def position(slug: str, taken: Taken, *, note: str = "", query: str = "") -> Quote:
    """A position with the statement that takes it."""
    return quote(slug, taken.statement, stance=taken.stance, note=note, query=query)


def in_words(taken: Taken | CounterMade) -> str:
    """ "Ministry of Defence: denies, 20 Sep 2023", for a mark without words beside it."""
    said = taken.statement
    label = Stance(taken.stance).label if isinstance(taken, Taken) else CounterKind(taken.kind).label
    return f"{said.source.name}: {label}, {moments.said(said.said_from, said.said_until, moments.here())}"
