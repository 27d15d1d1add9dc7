"""A person decides where a text comes from: it is no copy of this, or it is one of that. Decisions stick.

A decision is taken back by another: an article that was parted from an origin is put with it again, one that was put
with it is parted from it. All of them stay in the ledger with their reasons.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import rules, sketches
from apps.articles.models import Article, Lineage, Origin, Parting, Rendition
from apps.articles.reading import outlets_by_article
from apps.articles.services import lineages
from apps.articles.services.lineages import Row
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.ledger import services as ledger

LONGEST_REASON = 500


def check_can_place(*, article: Article, by: Actor) -> None:
    """Whether this person may decide on lineages here. Raises :class:`~apps.core.errors.Denied`."""
    if by.user is not None:
        check_can(Power.REVIEW, user=by.user, dossier=article.dossier)


@transaction.atomic
def split(
    *,
    article: Article,
    reason: str,
    by: Actor,
    own_label: str = "",
    with_copies: bool = False,
    origin: Origin | None = None,
) -> None:
    """Part an article from its origin: its text is not from there.

    Its origin is unknown from then on, or one of its own that is called ``own_label``. ``with_copies`` takes those
    along that were copied from it, and from them. Raises a conflict if its origin is unknown already, or is another
    than ``origin``, of which whoever decides has read.
    """
    check_can_place(article=article, by=by)
    why = _checked(reason)
    Dossier.objects.select_for_update(no_key=True).get(pk=article.dossier_id)
    held = _held(article)
    if held is None:
        raise Conflict(_("It is not known where this text comes from, so there is nothing to part it from."))
    if origin is not None and held.origin_id != origin.pk:
        raise Conflict(_("Its origin has changed meanwhile. Look at it again."), code="changed_meanwhile")
    moving = [held, *(_descendants(held) if with_copies else ())]
    about: dict[str, object] = {"article": str(article.public_id), "note": why}
    with ledger.entry(dossier_id=article.dossier_id, actor=by.ref, verb="origin.split", about=about) as moment:
        for row in moving:
            _part(row, by=by, why=why, moment=moment)
        if own_label.strip():
            own = lineages.begin_origin(own_label.strip(), moment)
            lineages.put(own, [_by_person(row, held, by, why) for row in moving], moment)
        else:
            left = lineages.end_lineages([row.article_id for row in moving], moment)
            lineages.end_if_empty(left, moment)


def _part(row: Lineage, *, by: Actor, why: str, moment: ledger.Moment) -> None:
    if Parting.objects.current().filter(article=row.article_id, origin=row.origin_id).exists():
        return
    parting = Parting.objects.create(
        article_id=row.article_id, origin_id=row.origin_id, decided_by=by.ref, reason=why, **moment.begins()
    )
    moment.changed("parting", parting.public_id, "added")


def _descendants(held: Lineage) -> list[Lineage]:
    """What was copied from an article within its origin, and from those in turn."""
    rows = Lineage.objects.current().filter(origin=held.origin_id).exclude(pk=held.pk)
    children: dict[int | None, list[Lineage]] = {}
    for row in rows:
        children.setdefault(row.copied_from_id, []).append(row)
    found, waiting = {held.article_id: held}, [held]
    while waiting:
        for child in children.get(waiting.pop().article_id, ()):
            if child.article_id not in found:
                found[child.article_id] = child
                waiting.append(child)
    return [row for row in found.values() if row is not held]


def _by_person(row: Lineage, first: Lineage, by: Actor, why: str) -> Row:
    """A lineage as it is, but as a person's decision; the first of those that move is copied from none."""
    copied_from = None if row is first else row.copied_from_id
    return Row(row.article_id, rules.PERSON, copied_from, 1.0 if row is first else row.share, by.ref, why)


@transaction.atomic
def join(*, article: Article, other: Article, reason: str, by: Actor, whole: bool = False) -> Origin:
    """Put an article with the origin of another one: they carry the same text, whatever a machine thought of it.

    If the other's origin is unknown, the two share a new one. It was copied from the other if that came first.
    ``whole`` takes everything along that its present origin has, for the two are one. Raises a conflict if they share
    an origin already; the other must be of the same dossier.
    """
    check_can_place(article=article, by=by)
    why = _checked(reason)
    if other.dossier_id != article.dossier_id or other.pk == article.pk:
        raise Refusal(_("Name another article of this dossier."), code="no_such_article")
    Dossier.objects.select_for_update(no_key=True).get(pk=article.dossier_id)
    present, target = _held(article), _held(other)
    if present is not None and target is not None and present.origin_id == target.origin_id:
        raise Conflict(_("They share an origin already."), code="same_origin")
    copied_from, share = _before(article, target) or _copied(article, other)
    along = _all_of(present) if whole and present is not None else []
    about: dict[str, object] = {"article": str(article.public_id), "other": str(other.public_id), "note": why}
    with ledger.entry(dossier_id=article.dossier_id, actor=by.ref, verb="origin.joined", about=about) as moment:
        rows = [Row(article.pk, rules.PERSON, copied_from, share, by.ref, why)]
        rows += [Row(r.article_id, rules.PERSON, r.copied_from_id, r.share, by.ref, why) for r in along]
        if target is not None:
            origin = target.origin
        else:
            named = outlets_by_article(article.dossier_id, [other.pk, article.pk])
            origin = lineages.begin_origin(named.get(article.pk if copied_from is None else other.pk, ""), moment)
            rows.append(Row(other.pk, rules.PERSON, article.pk if copied_from is None else None, 1.0, by.ref, why))
        _end_partings(origin, [row.article_id for row in rows], moment)
        lineages.put(origin, rows, moment)
    return origin


def _before(article: Article, target: Lineage | None) -> tuple[int | None, float] | None:
    """What it was taken for a copy of before it was parted from an origin that it is now put back with."""
    if target is None or not Parting.objects.current().filter(article=article, origin=target.origin_id).exists():
        return None
    earlier = Lineage.objects.filter(article=article, origin=target.origin_id).order_by("-pk").first()
    if earlier is None or earlier.copied_from_id is None:
        return None
    there = Lineage.objects.current().filter(origin=target.origin_id, article=earlier.copied_from_id).exists()
    return (earlier.copied_from_id, earlier.share) if there else None


def _copied(article: Article, other: Article) -> tuple[int | None, float]:
    """Which article it was copied from: the other if that came first, and how much of its text is there."""
    texts = lineages.texts(article.dossier_id, [article.pk, other.pk], outlets={})
    mine, theirs = texts.get(article.pk), texts.get(other.pk)
    if mine is None or theirs is None:
        raise Conflict(_("No text has been drawn yet from one of the two."), code="no_text")
    if mine.comes_before(theirs) or theirs.copied_from == article.pk:
        return None, 1.0
    share = sketches.containment(_text(article), _text(other))
    return other.pk, round(share, 4)


def _text(article: Article) -> str:
    return Rendition.objects.filter(article=article).order_by("-pk").values_list("text", flat=True)[0]


def _all_of(held: Lineage) -> list[Lineage]:
    return list(Lineage.objects.current().filter(origin=held.origin_id).exclude(pk=held.pk))


def _end_partings(origin: Origin, article_ids: list[int], moment: ledger.Moment) -> None:
    rows = list(Parting.objects.current().filter(origin=origin, article__in=article_ids))
    Parting.objects.filter(pk__in=[row.pk for row in rows]).update(**moment.ends())
    for row in rows:
        moment.changed("parting", row.public_id, "withdrawn")


def _held(article: Article) -> Lineage | None:
    return Lineage.objects.current().filter(article=article).select_related("origin").first()


def _checked(reason: str) -> str:
    why = reason.strip()
    if not why:
        raise Refusal(_("Say why: it is kept with the decision."), code="no_reason")
    if len(why) > LONGEST_REASON:
        raise Refusal(_("A reason has at most 500 characters."), code="reason_too_long")
    return why
