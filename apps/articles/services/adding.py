"""Ways in: an address, a pasted text, a file. Bytes are durable and the row committed before anybody is told yes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import addresses, guard, storage
from apps.articles.models import Capture, Feed, Intake
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier

LARGEST = 25 * 2**20


def exempt_origins() -> frozenset[str]:
    """The one ``host:port`` that development may fetch from though it is not public: the demo site's."""
    origin = urlsplit(settings.FETCH_EXEMPT_ORIGIN).netloc
    return frozenset([origin]) if origin else frozenset()


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
    guard.check_address(address, exempt=exempt_origins())
    key = addresses.normalise(address)
    on_its_way = Intake.objects.in_dossier(dossier.pk).on_its_way().filter(address_key=key).first()
    if on_its_way is not None and idempotency_key is None:
        return Added(on_its_way, new=False)
    row = Intake(
        dossier=dossier,
        method=Capture.Method.FETCHED,
        address=address,
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
    """A text as it was pasted or sent. Its bytes are what was given, in UTF-8."""
    if not text.strip():
        raise Refusal(_("There is no text to add."), code="empty_text")
    body = text.encode("utf-8", "surrogatepass")
    return _add_bytes(
        dossier=dossier,
        body=body,
        described=described,
        media_type="text/plain; charset=utf-8",
        file_name="",
        by=by,
        at=at,
        method=method,
        address=address,
        idempotency_key=idempotency_key,
    )


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
    """A file of HTML or text. Its bytes are kept as they are, whatever becomes of reading them."""
    if not body:
        raise Refusal(_("The file is empty."), code="empty_text")
    return _add_bytes(
        dossier=dossier,
        body=body,
        described=described,
        media_type=media_type,
        file_name=name,
        by=by,
        at=at,
        method=method,
        address=address,
        idempotency_key=idempotency_key,
    )


def _add_bytes(
    *,
    dossier: Dossier,
    body: bytes,
    described: Described,
    media_type: str,
    file_name: str,
    by: Actor,
    at: datetime,
    method: str,
    address: str,
    idempotency_key: str | None,
) -> Added:
    if len(body) > LARGEST:
        raise Refusal(_("This is larger than 25 MB, the most we take in at once."), code="too_large")
    key = addresses.normalise(address) if address else ""
    sha256 = storage.keep(body)
    row = Intake(
        dossier=dossier,
        method=method,
        address=address,
        address_key="",
        headline=described.headline[:500],
        outlet_name=described.outlet_name[:120],
        published=described.published,
        media_type=media_type[:200],
        file_name=file_name[:255],
        raw_sha256=sha256,
        raw_size=len(body),
        actor=by.ref,
        added=at,
        run_after=at,
    )
    digest = _digest(sha256, key, described.headline, described.outlet_name, str(described.published))
    return _store(row, idempotency_key=idempotency_key, digest=digest)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _store(row: Intake, *, idempotency_key: str | None, digest: str) -> Added:
    row.idempotency_key = idempotency_key
    row.request_digest = digest
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Added(_the_one_before(row, idempotency_key, digest), new=False)
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
    if idempotency_key is not None:
        # Remembered, so that the same request is answered alike once this one is through; a first key stays.
        rows.filter(pk=on_its_way.pk, idempotency_key__isnull=True).update(
            idempotency_key=idempotency_key, request_digest=digest
        )
    return on_its_way
