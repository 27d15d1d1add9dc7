"""Ways in: an address, a pasted text, a file, a page as a browser shows it. Bytes are durable and the row committed
before anybody is told yes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Actor
from apps.articles import addresses, guard, storage
from apps.articles.formats import kind_of
from apps.articles.models import Article, Capture, Feed, Intake
from apps.articles.services.refusing import on_record
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier

LARGEST = 25 * 2**20
LONGEST_SELECTION = 5_000
LONGEST_BLANK = 2**20
"""What is larger is read by a worker before it is called blank."""
EMPTY: Mapping[str, str | Promise] = {
    Capture.Method.UPLOADED: gettext_lazy("The file is empty."),
    Capture.Method.BOOKMARKED: gettext_lazy("The page that was sent is empty."),
}


def exempt_origins() -> frozenset[str]:
    """The one ``host:port`` that development may fetch from though it is not public: the demo site's."""
    origin = urlsplit(settings.FETCH_EXEMPT_ORIGIN).netloc
    return frozenset([origin]) if origin else frozenset()


def largest_container() -> int:
    """How many bytes a file with several articles in it may have."""
    return int(settings.LARGEST_UPLOAD_MB) * 2**20


@dataclass(frozen=True)
class Added:
    """The row that stands for the article on its way; ``new`` is false if it already was."""

    intake: Intake
    new: bool


@dataclass(frozen=True)
class Described:
    """What a person says of a text that does not say it itself."""

    headline: str = ""
    outlet_name: str = ""
    published: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """A page as a browser showed it: ``body`` is the document in UTF-8, as it stood at ``at`` by that browser's clock.

    ``charset`` is how the page itself was encoded, ``selection`` what was marked in it.
    """

    address: str
    body: bytes
    title: str = ""
    charset: str = ""
    selection: str = ""
    at: datetime | None = None


def add_address(
    *,
    dossier: Dossier,
    address: str,
    by: Actor,
    at: datetime,
    feed: Feed | None = None,
    idempotency_key: str | None = None,
) -> Added:
    """An address to be fetched. One that is already on its way is not asked for twice.

    Raises :class:`~apps.core.errors.Refusal` where the address may not be fetched.
    """
    asked = Intake(method=Capture.Method.FETCHED, address=address, feed=feed)
    with on_record(asked, cap=0, digest=_digest("address", address), dossier=dossier, by=by, at=at):
        guard.check_address(address, exempt=exempt_origins())
        key = addresses.normalise(address)
    on_its_way = Intake.objects.in_dossier(dossier.pk).on_its_way().filter(address_key=key).first()
    if on_its_way is not None and idempotency_key is None:
        return Added(on_its_way, new=False)
    row = Intake(
        dossier=dossier,
        method=Capture.Method.FETCHED,
        address=addresses.spelled_out(address),
        address_key=key,
        feed=feed,
        actor=by.ref,
        added=at,
        run_after=at,
    )
    return _store(row, idempotency_key=idempotency_key, digest=_digest("address", key))


def add_text(
    *,
    dossier: Dossier,
    text: str,
    described: Described,
    by: Actor,
    at: datetime,
    method: str = Capture.Method.PASTED,
    address: str = "",
    idempotency_key: str | None = None,
) -> Added:
    """A text as it was pasted or sent. Its bytes are what was given, in UTF-8. Raises ``Refusal``: empty_text,
    too_large, bad_address, storage_full, storage_away."""
    row = Intake(method=method, media_type="text/plain; charset=utf-8", address=address)
    body = text.encode("utf-8", "surrogatepass")
    return _add_bytes(row, body, dossier=dossier, described=described, by=by, at=at, idempotency_key=idempotency_key)


def add_file(
    *,
    dossier: Dossier,
    name: str,
    media_type: str,
    body: bytes,
    described: Described,
    by: Actor,
    at: datetime,
    method: str = Capture.Method.UPLOADED,
    address: str = "",
    idempotency_key: str | None = None,
) -> Added:
    """A file of any kind: an article, or several, which are unpacked first. Its bytes are kept as they are, whatever
    becomes of reading them. What it is, its bytes say and not its name.

    Raises ``Refusal``: empty_text, too_large, bad_address, not_used, storage_full, storage_away.
    """
    media_type, name = media_type.replace("\x00", ""), name.replace("\x00", "")
    row = Intake(method=method, media_type=media_type[:200], file_name=name[:255], address=address)
    if kind_of(body, media_type, name).is_container:
        row.step = Intake.Step.UNPACK
    return _add_bytes(row, body, dossier=dossier, described=described, by=by, at=at, idempotency_key=idempotency_key)


def add_page(
    *,
    dossier: Dossier,
    seen: Seen,
    by: Actor,
    at: datetime,
    described: Described | None = None,
    idempotency_key: str | None = None,
) -> Added:
    """A page as somebody's browser showed it, sent by the bookmarklet. Its bytes are the document in UTF-8.

    Raises ``Refusal``: empty_text, too_large, bad_address, storage_full, storage_away.
    """
    came: dict[str, Any] = {
        "final_address": seen.address,
        "title": seen.title[:500],
        "charset": seen.charset[:40],
        "selection": seen.selection[:LONGEST_SELECTION],
    }
    if seen.at is not None:
        came["seen"] = seen.at.isoformat()
    row = Intake(
        method=Capture.Method.BOOKMARKED,
        media_type="text/html; charset=utf-8",
        address=seen.address,
        came={name: value for name, value in came.items() if value},
    )
    return _add_bytes(
        row,
        seen.body,
        dossier=dossier,
        described=described or Described(),
        by=by,
        at=at,
        idempotency_key=idempotency_key,
    )


@dataclass(frozen=True)
class Held:
    """Where bytes are already: in an article, or in a row that is on its way or was unpacked."""

    article: Article | None = None
    intake: Intake | None = None


def held_already(*, dossier_id: int, body: bytes, address: str = "") -> Held | None:
    """Whether these very bytes are here, so that nobody need add them again; at most three queries.

    The same words at another address are another publication, and may be added; at one that is none, nothing is held.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    captures = Capture.objects.in_dossier(dossier_id).filter(sha256=sha256)
    coming = Intake.objects.in_dossier(dossier_id).filter(raw_sha256=sha256)
    if address:
        try:
            key = addresses.normalise(address)
        except addresses.BadAddress:
            return None
        captures = captures.filter(Q(article__address_key=key) | Q(article__other_addresses__key=key))
        coming = coming.filter(address=address)
    capture = captures.select_related("article").order_by("pk").first()
    if capture is not None:
        return Held(article=capture.article)
    unfinished_or_unpacked = Q(state__in=["ready", "running"]) | Q(outcome=Intake.Outcome.UNPACKED)
    row = coming.filter(unfinished_or_unpacked, parent=None).order_by("-pk").first()
    return Held(intake=row) if row is not None else None


def _add_bytes(
    row: Intake,
    body: bytes,
    *,
    dossier: Dossier,
    described: Described,
    by: Actor,
    at: datetime,
    idempotency_key: str | None,
) -> Added:
    """Keep the bytes, and then the row that names them; also of what is refused, up to the cap."""
    asked = _digest("bytes", hashlib.sha256(body).hexdigest(), row.address, row.file_name)
    with on_record(row, body, cap=LARGEST, digest=asked, dossier=dossier, by=by, at=at):
        _check(row, body)
        key = addresses.normalise(row.address) if row.address else ""
    row.raw_sha256 = storage.keep(body)
    row.raw_size = len(body)
    row.dossier = dossier
    row.headline = described.headline[:500]
    row.outlet_name = described.outlet_name[:120]
    row.published = described.published
    row.actor, row.added, row.run_after = by.ref, at, at
    said = (described.headline, described.outlet_name, str(described.published))
    digest = _digest(row.raw_sha256, key, *said, row.media_type, row.file_name)
    return _store(row, idempotency_key=idempotency_key, digest=digest)


def _check(row: Intake, body: bytes) -> None:
    """Raises ``Refusal``: empty_text, too_large, not_used."""
    size = len(body)
    if size <= LONGEST_BLANK and not body[:size].strip():
        raise Refusal(EMPTY.get(row.method, _("There is no text to add.")), code="empty_text")
    if row.address and row.step == Intake.Step.UNPACK:
        told = _("There are several articles in this file, so it has no address of its own.")
        raise Refusal(told, code="not_used")
    if row.step == Intake.Step.UNPACK:
        if size > largest_container():
            told = _("This is larger than %(mb)s MB, the most that a file with several articles may have.")
            raise Refusal(told % {"mb": settings.LARGEST_UPLOAD_MB}, code="too_large")
    elif size > LARGEST:
        raise Refusal(_("This is larger than 25 MB, the most we take in at once."), code="too_large")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _store(row: Intake, *, idempotency_key: str | None, digest: str) -> Added:
    row.run_after = Now()  # the database's clock, by which steps are claimed
    row.idempotency_key = idempotency_key
    row.request_digest = digest
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Added(_the_one_before(row, idempotency_key, digest), new=False)
    row.refresh_from_db(fields=["run_after"])
    return Added(row, new=True)


def _the_one_before(row: Intake, idempotency_key: str | None, digest: str) -> Intake:
    rows = Intake.objects.in_dossier(row.dossier_id)
    if idempotency_key is not None and (same := rows.filter(idempotency_key=idempotency_key).first()):
        if same.request_digest != digest:
            raise Conflict(_("This idempotency key was used for another article."), code="idempotency_key_reused")
        return same
    on_its_way = rows.on_its_way().filter(address_key=row.address_key).exclude(address_key="").first()
    if on_its_way is None:
        raise Conflict(_("The article was being added at this very moment; look again."), code="try_again")
    if idempotency_key is not None and on_its_way.idempotency_key is not None:
        # A row answers to one key: said yes to, this one would be forgotten with it.
        conflict = Conflict(_("This address is on its way already, under another key."), code="already_on_its_way")
        conflict.intake_id = str(on_its_way.public_id)
        raise conflict
    if idempotency_key is not None:
        # Remembered, so that the same request is answered alike once this one is through; a first key stays.
        free = rows.filter(pk=on_its_way.pk, idempotency_key__isnull=True)
        try:
            with transaction.atomic():
                free.update(idempotency_key=idempotency_key, request_digest=digest)
        except IntegrityError as error:  # the same key was used for another article at this very moment
            told = _("This idempotency key was used for another article.")
            raise Conflict(told, code="idempotency_key_reused") from error
    return on_its_way
