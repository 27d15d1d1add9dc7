"""Reads for the pages about origins: who had a text first, who copied it from whom, what people decided about that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from apps.articles import differing
from apps.articles.differing import Change
from apps.articles.models import Article, Lineage, Origin, Parting, Rendition
from apps.articles.reading import grounds_in_words, outlets_by_article
from apps.core.counting import UpTo
from apps.ledger.models import Entry

MOST_CARRIERS: Final = 200
"""So many articles of one origin are drawn as a tree, the first to have the text before the others."""
LONGEST_COMPARED: Final = 60_000
"""Code points of a text up to which what differs is counted beside it without being asked for."""
_PUBLISHED: Final = Coalesce("published", "known_from")


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article that carries an origin's text. ``first`` is when it was published, or else preserved; ``text`` its
    newest rendition as known then, without its words."""

    article: Article
    lineage: Lineage
    text: Rendition | None
    outlet: str
    first: datetime | None

    @property
    def ref(self) -> str:
        return self.article.ref

    @property
    def percent(self) -> int:
        return round(self.lineage.share * 100)

    @property
    def grounds(self) -> str:
        return grounds_in_words(self.lineage)

    @property
    def by_person(self) -> bool:
        return self.lineage.grounds == Lineage.Grounds.PERSON


@dataclass(frozen=True, slots=True)
class Branch:
    """A carrier's place in the tree: ``depth`` 0 begins it. ``elsewhere`` is what it was copied from, where that is not
    of this origin."""

    carrier: Carrier
    depth: int
    copies: int
    elsewhere: str = ""
    extent: differing.Extent | None = None


@dataclass(frozen=True, slots=True)
class Parted:
    """An article that a person parted from an origin."""

    parting: Parting
    ref: str
    headline: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Tree:
    """An origin with those that carry its text, each below what it was most likely copied from.

    ``more`` carry it and are not drawn.
    """

    origin: Origin
    branches: tuple[Branch, ...]
    parted: tuple[Parted, ...]
    more: int

    @property
    def first(self) -> Carrier | None:
        """Who had it first, as far as it is held."""
        return min((b.carrier for b in self.branches), key=_order, default=None)

    @property
    def count(self) -> int:
        return len(self.branches) + self.more


def origin_with(dossier_id: int, public_id: UUID) -> Origin | None:
    """The origin of that id, whether it is held still or not. One query."""
    return Origin.objects.in_dossier(dossier_id).filter(public_id=public_id).first()


def is_held(origin: Origin, known_at: datetime | None) -> bool:
    if known_at is None:
        return origin.is_current
    return origin.known_from <= known_at and (origin.known_until is None or origin.known_until > known_at)


def becomes(origin: Origin, *, known_at: datetime | None = None) -> Origin | None:
    """What an origin is held as: itself, or what most of its articles went to as it was renamed or joined with another.

    ``None`` if nothing carried its text any more. Two queries for each time it changed.
    """
    seen: set[int] = set()
    while not is_held(origin, known_at) and origin.known_until_index is not None and origin.pk not in seen:
        seen.add(origin.pk)
        if known_at is not None and origin.known_from > known_at:
            return None
        index = origin.known_until_index
        left = Lineage.objects.filter(origin=origin, known_until_index=index).values("article_id")
        went = Lineage.objects.filter(article__in=left, known_from_index=index).values_list("origin_id", flat=True)
        most = Counter(went).most_common(1)
        if not most:
            return None
        origin = Origin.objects.get(pk=most[0][0])
    return origin if is_held(origin, known_at) else None


def tree_of(origin: Origin, *, known_at: datetime | None = None) -> Tree:
    """Who carries the origin's text, as a tree in reading order. Nine queries at most."""
    placed = Lineage.objects.as_known(known_at).filter(origin=origin)
    total = placed.count()
    rows = list(
        placed.annotate(first=Min(Coalesce("article__renditions__published", "article__renditions__known_from")))
        .select_related("article", "copied_from")
        .order_by("first", "article_id")[:MOST_CARRIERS]
    )
    carriers = _carriers(origin.dossier_id, rows, known_at)
    branches = tuple(_branches(carriers))
    return Tree(origin, branches, _parted(origin, known_at), total - len(carriers))


def _carriers(dossier_id: int, rows: Sequence[Lineage], known_at: datetime | None) -> dict[int, Carrier]:
    ids = [row.article_id for row in rows]
    first = first_of(ids, known_at=known_at)
    newest = _newest(ids, known_at)
    outlets = outlets_by_article(dossier_id, ids, known_at=known_at)
    return {
        row.article_id: Carrier(
            row.article, row, newest.get(row.article_id), outlets.get(row.article_id, ""), first.get(row.article_id)
        )
        for row in rows
    }


def first_of(article_ids: Iterable[int], *, known_at: datetime | None = None) -> dict[int, datetime]:
    """When each was published, or else preserved, by the earliest of its texts. One query."""
    rows = Rendition.objects.as_known(known_at).filter(article__in=list(article_ids))
    return dict(rows.order_by().values("article_id").annotate(at=Min(_PUBLISHED)).values_list("article_id", "at"))


def _newest(article_ids: list[int], known_at: datetime | None) -> dict[int, Rendition]:
    rows = Rendition.objects.as_known(known_at).filter(article__in=article_ids).defer("text", "words")
    return {row.article_id: row for row in rows.order_by("pk")}


def _branches(carriers: Mapping[int, Carrier]) -> Iterator[Branch]:
    """The tree in reading order. A row that a person's decisions closed to a ring begins a tree of its own."""
    below: dict[int | None, list[Carrier]] = {}
    for carrier in carriers.values():
        parent = carrier.lineage.copied_from_id
        below.setdefault(parent if parent in carriers else None, []).append(carrier)
    drawn: set[int] = set()
    roots = [*below.get(None, ()), *carriers.values()]
    for root in roots:
        waiting = [(root, 0)]
        while waiting:
            carrier, depth = waiting.pop()
            if carrier.article.pk in drawn:
                continue
            drawn.add(carrier.article.pk)
            copies = sorted(below.get(carrier.article.pk, ()), key=_order, reverse=True)
            source = carrier.lineage.copied_from
            elsewhere = source.ref if source is not None and source.pk not in carriers else ""
            yield Branch(carrier, depth, len(copies), elsewhere)
            waiting += [(copy, depth + 1) for copy in copies]


def _order(carrier: Carrier) -> tuple[float, int]:
    return (carrier.first.timestamp() if carrier.first else float("inf"), carrier.article.pk)


def _parted(origin: Origin, known_at: datetime | None) -> tuple[Parted, ...]:
    rows = list(
        Parting.objects.as_known(known_at)
        .filter(origin=origin)
        .select_related("article")
        .order_by("-pk")[:MOST_CARRIERS]
    )
    ids = [row.article_id for row in rows]
    newest = _newest(ids, known_at)
    outlets = outlets_by_article(origin.dossier_id, ids, known_at=known_at)
    return tuple(
        Parted(
            row,
            row.article.ref,
            newest[row.article_id].headline if row.article_id in newest else "",
            outlets.get(row.article_id, ""),
        )
        for row in rows
    )


def with_extents(branches: Iterable[Branch], *, known_at: datetime | None = None) -> tuple[Branch, ...]:
    """These branches with how much each copy cut, added or changed. Very long texts are left out. Two queries."""
    listed = list(branches)
    pairs = {}
    for branch in listed:
        source = branch.carrier.lineage.copied_from_id
        if source is not None:
            pairs[branch.carrier.article.pk] = (branch.carrier.article.pk, source)
    texts = _pks({pk for pair in pairs.values() for pk in pair}, known_at)
    chosen = {copy: both for copy, pair in pairs.items() if (both := _chosen(pair, texts)) is not None}
    words = dict(
        Rendition.objects.filter(pk__in={pk for both in chosen.values() for pk in both}).values_list("pk", "text")
    )
    return tuple(replace(branch, extent=_extent(chosen.get(branch.carrier.article.pk), words)) for branch in listed)


def _extent(pair: tuple[int, int] | None, words: Mapping[int, str]) -> differing.Extent | None:
    if pair is None or max(len(words[pk]) for pk in pair) > LONGEST_COMPARED:
        return None
    return differing.extent(differing.differences(words[pair[0]], words[pair[1]]))


def _pks(article_ids: Iterable[int], known_at: datetime | None) -> dict[int, list[int]]:
    """Every text of each article, the oldest first. Ids. One query."""
    rows = Rendition.objects.as_known(known_at).filter(article__in=list(article_ids)).order_by("pk")
    found: dict[int, list[int]] = {}
    for pk, article_id in rows.values_list("pk", "article_id"):
        found.setdefault(article_id, []).append(pk)
    return found


def _chosen(pair: tuple[int, int], texts: Mapping[int, list[int]]) -> tuple[int, int] | None:
    """Which texts to compare: the copy's newest with what the other said when that came in."""
    copy, source = pair
    copies, sources = texts.get(copy, []), texts.get(source, [])
    if not copies or not sources:
        return None
    before = [pk for pk in sources if pk < copies[-1]]
    return (before[-1] if before else sources[0], copies[-1])


@dataclass(frozen=True, slots=True)
class Compared:
    """A copy beside what it was copied from, with what differs."""

    copy: Rendition
    source: Rendition
    changes: tuple[Change, ...]


def compared(lineage: Lineage, *, known_at: datetime | None = None) -> Compared | None:
    """What a copy cut, added or changed; ``None`` where it was copied from none. Two queries."""
    if lineage.copied_from_id is None:
        return None
    ids = (lineage.article_id, lineage.copied_from_id)
    pair = _chosen(ids, _pks(ids, known_at))
    if pair is None:
        return None
    held = Rendition.objects.defer("words").in_bulk(pair)
    source, copy = held[pair[0]], held[pair[1]]
    return Compared(copy, source, tuple(differing.differences(source.text, copy.text)))


@dataclass(frozen=True, slots=True)
class OriginLine:
    """An origin in a list: how many carry it (counted to 100), since and until when, and who had it first."""

    origin: Origin
    carriers: int
    first: datetime | None
    article: Article | None
    outlet: str
    decided: int


def origins_of(
    dossier_id: int,
    *,
    label: str = "",
    single: bool = False,
    decided: bool = False,
    before: int | None = None,
    limit: int,
    known_at: datetime | None = None,
) -> tuple[OriginLine, ...]:
    """Origins, the newest first, below the one numbered ``before``. Six queries.

    Those of one article alone only with ``single``; ``decided`` leaves those about which a person decided something.
    """
    carried = Lineage.objects.as_known(known_at).filter(origin=OuterRef("pk"))
    rows = Origin.objects.in_dossier(dossier_id).as_known(known_at).annotate(carriers=UpTo(carried))
    rows = rows.filter(carriers__gte=1 if single or decided else 2)
    if label:
        rows = rows.filter(label__icontains=label)
    if decided:
        people = Lineage.objects.as_known(known_at).filter(grounds=Lineage.Grounds.PERSON).values("origin_id")
        partings = Parting.objects.as_known(known_at).values("origin_id")
        rows = rows.filter(Q(pk__in=people) | Q(pk__in=partings))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _lines(dossier_id, list(rows.order_by("-pk")[:limit]), known_at)


def _lines(dossier_id: int, origins: Sequence[Origin], known_at: datetime | None) -> tuple[OriginLine, ...]:
    ids = [origin.pk for origin in origins]
    placed = Lineage.objects.as_known(known_at).filter(origin__in=ids)
    roots = list(
        placed.filter(copied_from__isnull=True)
        .annotate(first=Min(Coalesce("article__renditions__published", "article__renditions__known_from")))
        .select_related("article")
        .order_by(F("first").desc(nulls_first=True), "-article_id")
    )
    begins = {row.origin_id: row for row in roots}
    decided = dict(
        placed.filter(grounds=Lineage.Grounds.PERSON)
        .order_by()
        .values("origin_id")
        .annotate(n=Count("pk"))
        .values_list("origin_id", "n")
    )
    outlets = outlets_by_article(dossier_id, [row.article_id for row in begins.values()], known_at=known_at)
    lines = []
    for origin in origins:
        root = begins.get(origin.pk)
        lines.append(
            OriginLine(
                origin=origin,
                carriers=origin.carriers,  # type: ignore[attr-defined]  # annotated
                first=root.first if root else None,
                article=root.article if root else None,
                outlet=outlets.get(root.article_id, "") if root else "",
                decided=decided.get(origin.pk, 0),
            )
        )
    return tuple(lines)


def decisions_about(origin: Origin, *, known_at: datetime | None = None, limit: int = 30) -> tuple[Entry, ...]:
    """The entries of the ledger by which it began, and articles were put with it or parted from it, newest first.

    Three queries.
    """
    indexes: set[int] = {origin.known_from_index}
    if origin.known_until_index is not None:
        indexes.add(origin.known_until_index)
    for rows in (Lineage.objects.filter(origin=origin), Parting.objects.filter(origin=origin)):
        ends = rows.order_by("-pk").values_list("known_from_index", "known_until_index")
        indexes |= {index for pair in ends[: 4 * limit] for index in pair if index is not None}
    entries = Entry.objects.filter(dossier_id=origin.dossier_id, index__in=indexes).newest_first()
    if known_at is not None:
        entries = entries.filter(at__lte=known_at)
    return tuple(entries[:limit])
