"""A dossier's claims at a glance: where each stands, a mark per party, who waits for whom, who changed position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.claims.models import Claim, Position
from apps.core.errors import Refusal
from apps.crosscheck.models import Summary
from apps.crosscheck.rules import Change
from apps.crosscheck.selectors import NOW, Moments, Standing, said_by_then, standings, wordings
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.sources.selectors import SourceLabel

PAGE = 50
MOST_COUNTED = 1000
WEIGHED = 200
"""Claims weighed to fill one page of a filter as of another time, which no index answers."""
LATELY = 200
"""Newest positions among whose claims changes of position are sought."""

ONE_ORIGIN = "one-origin"
FILTERS = {
    "contested": frozenset({"contested"}),
    "unanswered": frozenset({"unanswered"}),
    "denied": frozenset({"denied_without_assertion"}),
    "conceded": frozenset({"conceded", "partly_conceded", "divided"}),
    "retracted": frozenset({"retracted"}),
}


class BadPlace(Refusal):
    """The filter, or the place in the list, that an address names does not exist."""

    status = 400
    code = "bad_place"


@dataclass(frozen=True)
class OverviewRow:
    """A claim at a glance. ``marks`` are each party's stances, ``others`` those of whoever stands with no party."""

    claim_id: int
    ref: str
    wording: str
    standing: Standing
    marks: tuple[tuple[PartyLabel, tuple[str, ...]], ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """A page of claims, those with the latest word first; ``older`` is the cursor of the next page."""

    parties: tuple[PartyLabel, ...]
    rows: tuple[OverviewRow, ...]
    older: str | None


def counts(dossier_id: int) -> dict[str, int]:
    """How many claims each filter of the overview leaves, counted no further than 1,000. One query a filter."""
    rows = Summary.objects.filter(dossier_id=dossier_id)
    found = {"all": rows[:MOST_COUNTED].count()}
    for name, codes in FILTERS.items():
        found[name] = rows.filter(standing__in=codes)[:MOST_COUNTED].count()
    found[ONE_ORIGIN] = rows.filter(origins=1)[:MOST_COUNTED].count()
    return found


def overview(
    dossier_id: int, moments: Moments = NOW, *, only: str = "", older_than: str = "", most: int = PAGE
) -> Overview:
    """A page of the claims. At most fifteen queries, however much is held.

    Now, an index gives those with the latest word first, and each is weighed again. As of another time no index holds
    the order: claims come by number, newest first, and a page of a filter weighs 200 of them, so that it may hold
    fewer than ``most`` though there are older ones. Raises :class:`BadPlace`.
    """
    if only and only != ONE_ORIGIN and only not in FILTERS:
        raise BadPlace(_("There is no such filter of claims."))
    parties = party_labels(dossier_id, known_at=moments.known_at)
    if moments == NOW:
        claims, cursor = _by_latest_word(dossier_id, only, older_than, most)
    else:
        claims, cursor = _by_number(dossier_id, moments, older_than, WEIGHED if only else most)
    found = standings(dossier_id, [claim.pk for claim in claims], moments)
    matching = [claim for claim in claims if _is_left(found[claim.pk], only)]
    if len(matching) > most:
        matching, cursor = matching[:most], str(matching[most - 1].number)
    words = wordings(dossier_id, [claim.pk for claim in matching], known_at=moments.known_at)
    rows = tuple(
        OverviewRow(
            claim_id=claim.pk,
            ref=claim.ref,
            wording=words.get(claim.pk, ""),
            standing=found[claim.pk],
            marks=tuple((party, found[claim.pk].marks(party.id)) for party in parties),
            others=found[claim.pk].marks(None),
        )
        for claim in matching
    )
    return Overview(parties=parties, rows=rows, older=cursor)


def _is_left(standing: Standing, only: str) -> bool:
    if only == ONE_ORIGIN:
        return standing.origins.known == 1
    return not only or standing.code in FILTERS[only]


def _by_latest_word(dossier_id: int, only: str, older_than: str, most: int) -> tuple[list[Claim], str | None]:
    rows = Summary.objects.filter(dossier_id=dossier_id).select_related("claim").order_by("-last_word", "-claim_id")
    if only == ONE_ORIGIN:
        rows = rows.filter(origins=1)
    elif only:
        rows = rows.filter(standing__in=FILTERS[only])
    if older_than:
        at, claim_id = _read_cursor(older_than)
        rows = rows.filter(Q(last_word__lt=at) | Q(last_word=at, claim_id__lt=claim_id))
    found = list(rows[: most + 1])
    more = f"{found[most - 1].last_word.isoformat()}~{found[most - 1].claim_id}" if len(found) > most else None
    return [row.claim for row in found[:most]], more


def _read_cursor(raw: str) -> tuple[datetime, int]:
    at, _tilde, claim_id = raw.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        found = None
    if (
        found is None
        or found.tzinfo is None
        or not (claim_id.isascii() and claim_id.isdecimal() and len(claim_id) < 19)
    ):
        raise BadPlace(_("There is no such place in this list."))
    return found, int(claim_id)


def _by_number(dossier_id: int, moments: Moments, older_than: str, most: int) -> tuple[list[Claim], str | None]:
    rows = Claim.objects.in_dossier(dossier_id).as_known(moments.known_at).order_by("-number")
    if older_than:
        if not (older_than.isascii() and older_than.isdecimal() and len(older_than) < 10):
            raise BadPlace(_("There is no such place in this list."))
        rows = rows.filter(number__lt=int(older_than))
    found = list(rows[: most + 1])
    return found[:most], str(found[most - 1].number) if len(found) > most else None


@dataclass(frozen=True)
class Changed:
    """A principal that changed its position on a claim."""

    principal: SourceLabel
    change: Change
    claim_id: int
    ref: str
    wording: str


def changed(dossier_id: int, moments: Moments = NOW, *, most: int = 4) -> tuple[Changed, ...]:
    """Who changed position, latest first, among the claims of the 200 newest positions. At most thirteen queries."""
    newest = (
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=said_by_then(dossier_id, moments))
        .order_by("-pk")
    )
    claims = Claim.objects.in_bulk(set(newest.values_list("claim_id", flat=True)[:LATELY]))
    words = wordings(dossier_id, claims, known_at=moments.known_at)
    found = [
        Changed(standing.principals[one.principal_id], one, pk, claims[pk].ref, words.get(pk, ""))
        for pk, standing in standings(dossier_id, claims, moments).items()
        for one in standing.changes()
    ]
    return tuple(sorted(found, key=lambda row: row.change.after.said_until, reverse=True)[:most])
