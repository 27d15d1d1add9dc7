"""Reads for the list of sources: who is heard, how often, and when last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from apps.core.counting import UpTo
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.sources.models import Alias, Alignment, Source
from apps.statements.models import Attribution, Statement

SHOWN_OF_EACH = 25


@dataclass(frozen=True)
class Voice:
    """A source in a list; ``cursor`` continues after it. Statements are counted to 100."""

    cursor: int
    source_id: int
    public_id: str
    name: str
    kind: str
    names: int
    statements: int
    last_word: datetime | None


@dataclass(frozen=True)
class Group:
    """The sources of one party, or of none; ``more`` if not all are shown."""

    party: PartyLabel | None
    voices: tuple[Voice, ...]
    more: bool


def groups(dossier_id: int, *, known_at: datetime | None = None) -> tuple[Group, ...]:
    """Sources by party in column order, then those of none, by name and at most 25 of each. Three queries."""
    ranked = _named(dossier_id, known_at).annotate(
        place=Window(RowNumber(), partition_by=F("side"), order_by=[F("folded").asc(), F("pk").asc()])
    )
    near = list(ranked.filter(place__lte=SHOWN_OF_EACH + 1).values_list("pk", "side").order_by("side", "place"))
    voices = {voice.cursor: voice for voice in _voices([pk for pk, _side in near], known_at)}
    found: dict[int | None, list[Voice]] = {}
    for pk, side in near:
        found.setdefault(side, []).append(voices[pk])
    parties = party_labels(dossier_id, known_at=known_at)
    known = {label.id for label in parties}
    strays = [voice for side, group in found.items() if side not in known for voice in group]
    return (
        *(_group(label, found.get(label.id, [])) for label in parties),
        _group(None, sorted(strays, key=lambda voice: voice.name.casefold())),
    )


def _group(party: PartyLabel | None, voices: list[Voice]) -> Group:
    return Group(party, tuple(voices[:SHOWN_OF_EACH]), more=len(voices) > SHOWN_OF_EACH)


def voices_of(
    dossier_id: int, party: PartyLabel | None, *, after: int | None, limit: int, known_at: datetime | None = None
) -> tuple[Voice, ...]:
    """Sources of one party or of none, by name, after the cursor ``after``. At most three queries."""
    rows = _named(dossier_id, known_at).filter(side=party.id if party else None).order_by("folded", "pk")
    if after is not None:
        folded = Alias.objects.in_dossier(dossier_id).filter(pk=after).values_list("folded", flat=True).first() or ""
        rows = rows.filter(Q(folded__gt=folded) | Q(folded=folded, pk__gt=after))
    return _voices(list(rows.values_list("pk", flat=True)[:limit]), known_at)


def _named(dossier_id: int, known_at: datetime | None) -> QuerySet[Any]:
    """The preferred name of each source, with the party it stands with as ``side``."""
    side = Alignment.objects.as_known(known_at).filter(source=OuterRef("source")).order_by("-known_from", "-pk")
    return (
        Alias.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(preferred=True, source__in=Source.objects.in_dossier(dossier_id).as_known(known_at))
        .annotate(side=Subquery(side.values("party_id")[:1]))
    )


def _voices(alias_ids: Sequence[int], known_at: datetime | None) -> tuple[Voice, ...]:
    spoken = Statement.objects.as_known(known_at).filter(source=OuterRef("source"))
    rows = (
        Alias.objects.filter(pk__in=alias_ids)
        .select_related("source")
        .annotate(
            names=UpTo(Alias.objects.as_known(known_at).filter(source=OuterRef("source"))),
            statements=UpTo(spoken),
            last_word=Subquery(spoken.order_by("-said_until").values("said_until")[:1]),
        )
        .order_by("folded", "pk")
    )
    return tuple(
        Voice(
            cursor=row.pk,
            source_id=row.source_id,
            public_id=str(row.source.public_id),
            name=row.name,
            kind=row.source.get_kind_display(),
            names=row.names,
            statements=row.statements,
            last_word=row.last_word,
        )
        for row in rows
    )


@dataclass(frozen=True)
class NameNote:
    """A name of a source, and on how many approved attributions it rests, counted to 100."""

    public_id: str
    name: str
    form: str
    language: str
    preferred: bool
    is_metonym: bool
    known_from: datetime
    resting: int


def names_of(source: Source, *, known_at: datetime | None = None) -> tuple[NameNote, ...]:
    """Every name a source goes by, the preferred one first. One query."""
    rows = (
        Alias.objects.as_known(known_at)
        .filter(source=source)
        .annotate(
            resting=UpTo(Attribution.objects.as_known(known_at).filter(alias=OuterRef("pk"), twin_of__isnull=True))
        )
        .order_by("-preferred", "folded", "pk")
    )
    return tuple(
        NameNote(
            public_id=str(row.public_id),
            name=row.name,
            form=row.get_form_display(),
            language=row.language,
            preferred=row.preferred,
            is_metonym=row.form == Alias.Form.METONYM,
            known_from=row.known_from,
            resting=row.resting,
        )
        for row in rows
    )
