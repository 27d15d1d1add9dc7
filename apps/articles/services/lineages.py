"""What is known of the lineage of articles, read for a decision and written as one: facts end and others begin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from apps.articles import rules
from apps.articles.credits import same_agency
from apps.articles.models import Lineage, Origin, Parting, Rendition
from apps.articles.reading import outlets_by_article
from apps.ledger import services as ledger

LONGEST_LABEL = 160


def texts(dossier_id: int, article_ids: Sequence[int], *, outlets: Mapping[int, str]) -> dict[int, rules.Text]:
    """Articles as far as their lineage goes, by id; ``outlets`` are those not recorded yet. At most five queries."""
    recorded = [pk for pk in article_ids if pk not in outlets]
    named = {**(outlets_by_article(dossier_id, recorded) if recorded else {}), **outlets}
    parted: dict[int, set[int]] = {}
    partings = Parting.objects.current().filter(article__in=article_ids)
    for article_id, origin_id in partings.values_list("article_id", "origin_id"):
        parted.setdefault(article_id, set()).add(origin_id)
    found: dict[int, rules.Text] = {}
    rows = Rendition.objects.filter(article__in=article_ids).order_by("pk")
    for article_id, published, known_from, credit, byline in rows.values_list(
        "article_id", "published", "known_from", "credit", "byline"
    ):
        first: datetime = published or known_from
        seen = found.get(article_id)
        found[article_id] = rules.Text(
            article_id=article_id,
            first=min(first, seen.first) if seen else first,
            outlet=named.get(article_id, ""),
            credit=credit or (seen.credit if seen else ""),
            signed=bool(byline),
            parted=frozenset(parted.get(article_id, ())),
        )
    for row in Lineage.objects.current().filter(article__in=article_ids):
        found[row.article_id] = replace(
            found[row.article_id],
            origin_id=row.origin_id,
            grounds=row.grounds,
            copied_from=row.copied_from_id,
            share=row.share,
        )
    return found


def known(origin_ids: Iterable[int]) -> dict[int, rules.Known]:
    """What each origin is called, and on what that rests. Three queries."""
    ids = set(origin_ids)
    if not ids:
        return {}
    placed = Lineage.objects.current().filter(origin__in=ids)
    labels = dict(Origin.objects.filter(pk__in=ids).values_list("pk", "label"))
    from_the_start: dict[int, set[str]] = {}
    grounds: dict[int, set[str]] = {}
    for origin_id, ground, began in placed.annotate(
        start=F("known_from_index") - F("origin__known_from_index")
    ).values_list("origin_id", "grounds", "start"):
        grounds.setdefault(origin_id, set()).add(ground)
        if began == 0:
            from_the_start.setdefault(origin_id, set()).add(ground)
    credited: dict[int, set[str]] = {}
    printed = placed.filter(article__renditions__credit__gt="")
    for origin_id, credit in printed.values_list("origin_id", "article__renditions__credit").distinct():
        credited.setdefault(origin_id, set()).add(credit)
    return {
        pk: rules.Known(label, _named(label, from_the_start.get(pk), grounds.get(pk, set()), credited.get(pk, set())))
        for pk, label in labels.items()
    }


def _named(label: str, at_first: set[str] | None, grounds: set[str], credited: set[str]) -> rules.Named:
    if at_first == {rules.PERSON}:
        return rules.Named.BY_PERSON
    if any(same_agency(label, credit) for credit in credited):
        return rules.Named.CREDITED
    return rules.Named.SIGNED if rules.OWN in grounds else rules.Named.FIRST_SEEN


@dataclass(frozen=True)
class Row:
    """What a lineage says, but for when it is known."""

    article_id: int
    grounds: str
    copied_from_id: int | None = None
    share: float = 1.0
    decided_by: str = ""
    reason: str = ""


def record(settled: rules.Settled, moment: ledger.Moment) -> None:
    """Write what was settled. The caller holds the dossier."""
    origin = None if settled.origin_id is None else Origin.objects.get(pk=settled.origin_id)
    rows: dict[int, Row] = {}
    if origin is None:
        origin = begin_origin(settled.label, moment)
    elif settled.label:
        origin = _renamed(origin, settled.label, rows, moment)
    for absorbed in Origin.objects.filter(pk__in=settled.absorbed) if settled.absorbed else ():
        parted = Parting.objects.current().filter(origin__in=[origin.pk, settled.origin_id or origin.pk])
        stay = set(parted.values_list("article_id", flat=True))
        for row in Lineage.objects.current().filter(origin=absorbed).exclude(grounds=rules.PERSON):
            if row.article_id not in stay:
                rows[row.article_id] = _as_it_is(row)
        carry_partings(absorbed, origin, moment)
    for place in settled.places:
        rows[place.article_id] = Row(
            place.article_id, place.grounds, place.copied_from, min(max(place.share, 0.0), 1.0)
        )
    put(origin, rows.values(), moment)


def put(origin: Origin, rows: Iterable[Row], moment: ledger.Moment) -> None:
    """Let these articles carry the origin's text from now on; an origin that nothing carries any more ends."""
    wanted = list(rows)
    left = end_lineages([row.article_id for row in wanted], moment)
    for row in Lineage.objects.bulk_create(
        [
            Lineage(
                article_id=row.article_id,
                origin=origin,
                grounds=row.grounds,
                copied_from_id=row.copied_from_id,
                share=row.share,
                decided_by=row.decided_by,
                reason=row.reason,
                **moment.begins(),
            )
            for row in wanted
        ]
    ):
        moment.changed("lineage", row.public_id, "added")
    end_if_empty(left - {origin.pk}, moment)


def end_lineages(article_ids: Sequence[int], moment: ledger.Moment) -> set[int]:
    """End what is held of these articles' lineage; the origins that they leave. Ids."""
    held = list(Lineage.objects.current().filter(article__in=article_ids))
    if not held:
        return set()
    Lineage.objects.filter(pk__in=[row.pk for row in held]).update(**moment.ends())
    for row in held:
        moment.changed("lineage", row.public_id, "withdrawn")
    return {row.origin_id for row in held}


def begin_origin(label: str, moment: ledger.Moment) -> Origin:
    origin = Origin.objects.create(label=(label or _("unnamed"))[:LONGEST_LABEL], **moment.begins())
    moment.changed("origin", origin.public_id, "added")
    return origin


def end_if_empty(origin_ids: Collection[int], moment: ledger.Moment) -> None:
    """End those of these origins whose text no article carries any more."""
    if not origin_ids:
        return
    carried = Lineage.objects.current().filter(origin__in=origin_ids).values("origin_id")
    for origin in Origin.objects.current().filter(pk__in=origin_ids).exclude(pk__in=carried):
        end_origin(origin, moment)


def end_origin(origin: Origin, moment: ledger.Moment) -> None:
    Origin.objects.filter(pk=origin.pk).update(**moment.ends())
    moment.changed("origin", origin.public_id, "withdrawn")


def _renamed(origin: Origin, label: str, rows: dict[int, Row], moment: ledger.Moment) -> Origin:
    """The same origin under another name: one fact ends, another begins, and all that is said of it moves over."""
    new = begin_origin(label, moment)
    for row in Lineage.objects.current().filter(origin=origin):
        rows[row.article_id] = _as_it_is(row)
    carry_partings(origin, new, moment)
    return new


def carry_partings(old: Origin, new: Origin, moment: ledger.Moment) -> None:
    """Who was parted from an origin is parted from what it becomes, unless a person put it there."""
    held = Parting.objects.current().filter(origin=new).values("article_id")
    there = Lineage.objects.current().filter(origin=new).values("article_id")
    rows = list(Parting.objects.current().filter(origin=old).exclude(article__in=held).exclude(article__in=there))
    Parting.objects.filter(pk__in=[row.pk for row in rows]).update(**moment.ends())
    for row in rows:
        moment.changed("parting", row.public_id, "withdrawn")
        carried = Parting.objects.create(
            article_id=row.article_id, origin=new, decided_by=row.decided_by, reason=row.reason, **moment.begins()
        )
        moment.changed("parting", carried.public_id, "added")


def _as_it_is(row: Lineage) -> Row:
    return Row(row.article_id, row.grounds, row.copied_from_id, row.share, row.decided_by, row.reason)
