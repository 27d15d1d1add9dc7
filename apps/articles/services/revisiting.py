"""Looking at articles again: for corrections, and for pages that are no longer there.

A visit is an intake of its own (purpose REVISIT) that goes through the steps of any other. What it found ends in one
of :func:`unchanged`, :func:`gone`, :func:`note_changed` or :func:`note_failure`, each of which leaves a ``Visit`` and
says when to come again. An answer 404 or 410 becomes a ``Removal``, a fact with its place in the ledger, as
:func:`apps.articles.visiting.is_removed` decides; the captures stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import addresses, refusals, visiting
from apps.articles.models import Article, Capture, Intake, Removal, Rendition, Visit, Watch
from apps.articles.services.leases import Claimed, finishing
from apps.core.errors import Conflict
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.ledger import services as ledger

MACHINE = "machine:revisit"
DOUBTS = frozenset({"much_shorter", "another_page"})


class Doubtful(refusals.Refusal):
    """The page answered, but is perhaps no version of the article: ``much_shorter`` or ``another_page``.

    Its bytes are kept and named by the intake, but make no capture until somebody says that it is one
    (:func:`accept`).
    """


def watch(
    article: Article, *, published: datetime | None = None, etag: str = "", modified: str = "", headers: object = ()
) -> None:
    """Look at a fetched article again from now on, within the caller's transaction. Called again, it adds what is new.

    ``etag`` and ``modified`` are the validators of the newest capture (RFC 9110, 8.8), or are taken from ``headers``,
    pairs of name and value. ``published`` makes the article as old as it is.
    """
    if not article.address:
        return
    now = _now()
    named = _validators(headers)
    etag, modified = etag or named["etag"], modified or named["modified"]
    began = min(published, now) if published is not None else now
    row, new = Watch.objects.select_for_update(no_key=True).get_or_create(
        article=article,
        defaults={
            "dossier_id": article.dossier_id,
            "began": began,
            "next_visit": visiting.next_visit(began=began, now=now, article_id=article.pk),
            "etag": etag[:400],
            "modified": modified[:100],
        },
    )
    if new:
        return
    if etag or modified:
        row.etag, row.modified = etag[:400], modified[:100]
    if published is not None and began < row.began:
        row.began = began
        row.next_visit = visiting.next_visit(began=began, now=now, article_id=article.pk)
    row.save()


def due_visits(*, limit: int) -> list[int]:
    """Watches (ids, which are those of their articles) whose time has come on the database's clock, earliest first."""
    if not settings.REVISIT:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT article_id FROM articles_watch WHERE active AND next_visit <= clock_timestamp() "
            "ORDER BY next_visit LIMIT %s",
            [limit],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def begin_visit(*, watch_id: int, at: datetime) -> Intake | None:
    """Put a due article on its way to be looked at again; ``None`` if it is not due or is on its way already.

    Its next time is set at once, so whatever becomes of this visit, nothing goes round in a circle.
    """
    row = (
        Watch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("article")
        .filter(pk=watch_id, active=True, next_visit__lte=_now())
        .first()
    )
    if row is None:
        return None
    _settle_failure(row)
    if row.next_visit > _now():
        return None  # the last one failed, and was not accounted for until now
    _age(row)
    row.next_visit = visiting.next_visit(began=row.began, now=_now(), article_id=row.article_id)
    row.save(update_fields=["began", "next_visit"])
    return _begin(row.article, actor=MACHINE, at=at)


def _begin(article: Article, *, actor: str, at: datetime) -> Intake | None:
    key = addresses.normalise(article.address)
    coming = Intake.objects.in_dossier(article.dossier_id).on_its_way()
    if coming.filter(Q(article=article) | Q(address_key=key)).exists():
        return None
    try:
        with transaction.atomic():
            return Intake.objects.create(
                dossier_id=article.dossier_id,
                method=Capture.Method.FETCHED,
                purpose=Intake.Purpose.REVISIT,
                address=article.address,
                address_key=key,
                article=article,
                actor=actor,
                added=at,
                run_after=_now(),
            )
    except IntegrityError:
        return None  # it was put on its way this very moment


@transaction.atomic
def look_again(*, article: Article, by: Actor, at: datetime) -> Intake:
    """Look at an article now, because somebody asks. Raises a conflict if it is on its way already."""
    _check_may(article, by)
    if not article.address:
        raise Conflict(_("This article has no address to look at."), code="no_address")
    watch(article)
    row = _begin(article, actor=by.ref, at=at)
    if row is None:
        raise Conflict(_("The same address is already on its way."), code="already_on_its_way")
    return row


@transaction.atomic
def stop_looking(*, article: Article, by: Actor) -> None:
    """Look at an article no more, until somebody asks for it again."""
    _check_may(article, by)
    if not Watch.objects.filter(article=article, active=True).exists():
        return
    about: dict[str, object] = {"article": str(article.public_id)}
    with ledger.entry(dossier_id=article.dossier_id, actor=by.ref, verb="article.left_alone", about=about):
        Watch.objects.filter(article=article).update(active=False)


@transaction.atomic
def keep_looking(*, article: Article, by: Actor) -> None:
    """Look at an article for changes again, as often as its age asks for."""
    _check_may(article, by)
    row = Watch.objects.filter(article=article).first()
    if row is None or row.active:
        return
    about: dict[str, object] = {"article": str(article.public_id)}
    with ledger.entry(dossier_id=article.dossier_id, actor=by.ref, verb="article.watched", about=about):
        Watch.objects.filter(article=article).update(
            active=True, next_visit=visiting.next_visit(began=row.began, now=_now(), article_id=article.pk)
        )


def look_soon(*, dossier_id: int, address_keys: Iterable[str]) -> int:
    """Bring the next visit forward to now, as a feed says that these articles have changed; how many are watched."""
    keys = list(address_keys)
    named = Q(article__address_key__in=keys) | Q(article__other_addresses__key__in=keys)
    ids = Watch.objects.filter(named, dossier_id=dossier_id, active=True).values_list("pk", flat=True)
    return Watch.objects.filter(pk__in=list(ids)).update(next_visit=Least(F("next_visit"), _now()))


def unchanged(claimed: Claimed, *, status: int | None, headers: object = ()) -> None:
    """End a visit that found the text as it was. A page that is back is recorded to be so."""
    with finishing(claimed, then=None) as row:
        row.outcome = Intake.Outcome.UNCHANGED
        assert row.article_id is not None
        removal = Removal.objects.current().filter(article=row.article_id).first()
        if removal is not None:
            with ledger.entry(dossier_id=row.dossier_id, actor=MACHINE, verb="article.returned") as moment:
                _end(removal, moment)
        _note(row, Intake.Outcome.UNCHANGED, status=status, headers=headers or row.came.get("headers", ()))


def gone(claimed: Claimed, *, status: int) -> None:
    """End a visit that got the answer 404 or 410. Whether that is a removal, :mod:`apps.articles.visiting` decides."""
    with finishing(claimed, then=None) as row:
        row.outcome = Intake.Outcome.GONE
        assert row.article_id is not None
        now = _now()
        if Removal.objects.current().filter(article=row.article_id).exists():
            _note(row, Intake.Outcome.GONE, status=status)
        elif visiting.is_removed(status=status, now=now, first_missed=_first_missed(row.article_id)):
            with ledger.entry(dossier_id=row.dossier_id, actor=MACHINE, verb="article.removed") as moment:
                removal = Removal.objects.create(
                    article_id=row.article_id, address=row.address, status=status, noticed=now, **moment.begins()
                )
                moment.changed("removal", removal.public_id, "added")
                _note(row, Intake.Outcome.GONE, status=status)
        else:
            watched = _note(row, Intake.Outcome.GONE, status=status)
            if watched is not None:
                watched.next_visit = visiting.to_confirm(now=now, article_id=row.article_id)
                watched.save(update_fields=["next_visit"])


def _first_missed(article_id: int) -> datetime | None:
    """When the run of answers began that the page is not there, which visits that failed do not break."""
    told = Visit.objects.filter(article=article_id).exclude(outcome="failed")
    last_there = told.exclude(outcome=Intake.Outcome.GONE).order_by("-pk").values_list("pk", flat=True).first() or 0
    run = told.filter(pk__gt=last_there).order_by("pk")
    return run.values_list("at", flat=True).first()


def check_is_it(row: Intake, *, text: str, newest: Rendition | None) -> None:
    """Whether a page can be taken for a version of the article of a revisit. Raises :class:`Doubtful`."""
    if newest is None or row.purpose != Intake.Purpose.REVISIT or row.came.get("accepted_by"):
        return
    code = visiting.doubt(
        before=newest.text,
        after=text,
        asked=row.address,
        was_at=newest.capture.final_address,
        now_at=str(row.came.get("final_address", "")),
    )
    if code:
        raise Doubtful(code)


@transaction.atomic
def accept(*, intake: Intake, by: Actor, at: datetime) -> Intake:
    """Take for a version of the article what was doubted: the publisher did replace its text by so little.

    The steps that are left are done with the bytes that came then. Raises a conflict if there is nothing to accept, or
    if the article was preserved again since.
    """
    row = Intake.objects.select_for_update(no_key=True, of=("self",)).select_related("article").get(pk=intake.pk)
    if row.article is None or row.state != Intake.State.FAILED or row.failure_code not in DOUBTS:
        raise Conflict(_("There is nothing here to be taken for a version of the article."))
    _check_may(row.article, by)
    if Capture.objects.filter(article=row.article, known_from__gte=row.added).exists():
        raise Conflict(_("The article was preserved again since; look at it again instead."))
    about: dict[str, object] = {"article": str(row.article.public_id), "reason": row.failure_code}
    row.came = {**row.came, "accepted_by": by.ref}
    row.state, row.step, row.attempts, row.finished, row.run_after = Intake.State.READY, "extract", 0, None, _now()
    row.token, row.failure_code, row.failure_reason = row.token + 1, "", ""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(_("The same address is already on its way."), code="already_on_its_way") from error
    with ledger.entry(dossier_id=row.dossier_id, actor=by.ref, verb="article.change_accepted", about=about):
        pass
    return row


def note_changed(row: Intake, moment: ledger.Moment) -> None:
    """Within the transaction that makes a new capture and rendition of a revisit: what the visit found."""
    row.outcome = Intake.Outcome.CHANGED
    assert row.article_id is not None
    removal = Removal.objects.current().filter(article=row.article_id).first()
    if removal is not None:
        _end(removal, moment)
    _note(row, Intake.Outcome.CHANGED, status=row.came.get("status"), headers=row.came.get("headers", ()))


@transaction.atomic
def note_failure(*, intake_id: int) -> None:
    """Record that a visit failed for good, and when to try again. Done twice, it is done once."""
    row = Intake.objects.filter(pk=intake_id, purpose=Intake.Purpose.REVISIT).first()
    if row is None or row.article_id is None:
        return
    watched = Watch.objects.select_for_update(no_key=True).filter(article=row.article_id).first()
    if watched is not None:
        _settle_failure(watched)


def _settle_failure(watched: Watch) -> None:
    """Take account of the newest visit, if it failed and was not accounted for. The caller holds the watch."""
    visits = Intake.objects.filter(article=watched.article_id, purpose=Intake.Purpose.REVISIT)
    last = visits.order_by("-pk").first()
    if last is None or last.state != Intake.State.FAILED or last.finished is None:
        return
    if Visit.objects.filter(article=watched.article_id, at=last.finished).exists():
        return
    Visit.objects.create(
        dossier_id=watched.dossier_id,
        article_id=watched.article_id,
        at=last.finished,
        outcome="failed",
        status=last.came.get("status"),
        code=last.failure_code,
    )
    watched.last_visit, watched.visits, watched.failures = last.finished, watched.visits + 1, watched.failures + 1
    watched.next_visit = visiting.after_failure(
        failures=watched.failures, now=last.finished, article_id=watched.article_id
    )
    watched.save()


def _note(row: Intake, outcome: str, *, status: int | None, headers: object = ()) -> Watch | None:
    """Leave a visit, and say when to come again; the watch, held, if there is one."""
    assert row.article_id is not None
    now = _now()
    Visit.objects.create(dossier_id=row.dossier_id, article_id=row.article_id, at=now, outcome=outcome, status=status)
    watched = Watch.objects.select_for_update(no_key=True).filter(article=row.article_id).first()
    if watched is None:
        return None
    watched.last_visit, watched.visits, watched.failures = now, watched.visits + 1, 0
    watched.changes += outcome == Intake.Outcome.CHANGED
    _age(watched)
    named = _validators(headers)
    if any(named.values()):
        watched.etag, watched.modified = named["etag"][:400], named["modified"][:100]
    watched.next_visit = visiting.next_visit(began=watched.began, now=now, article_id=row.article_id)
    watched.save()
    return watched


def _age(watched: Watch) -> None:
    """An article is as old as it says itself, once its text has been drawn."""
    texts = Rendition.objects.filter(article=watched.article_id, published__lt=watched.began)
    published = texts.order_by("published").values_list("published", flat=True).first()
    if published is not None:
        watched.began = published


def _end(removal: Removal, moment: ledger.Moment) -> None:
    Removal.objects.filter(pk=removal.pk).update(**moment.ends())
    moment.changed("removal", removal.public_id, "withdrawn")


def _validators(headers: object) -> Mapping[str, str]:
    """The validators among pairs of a header's name and value, or in a mapping of them."""
    pairs: Any = headers.items() if isinstance(headers, Mapping) else headers
    named = {str(name).lower(): str(value) for name, value in pairs or ()}
    return {"etag": named.get("etag", ""), "modified": named.get("last-modified", "")}


def _check_may(article: Article, by: Actor) -> None:
    if by.user is not None:
        check_can(Power.ADD, user=by.user, dossier=article.dossier)


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
