"""Preserved bytes, named by their SHA-256. Written once, never changed, shared unobservably between dossiers."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from apps.core.errors import Refusal


class Damaged(Refusal):
    """The stored bytes are missing or are not those that were preserved."""

    status = 500
    code = "evidence_damaged"


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _storage() -> Storage:
    return storages["evidence"]


def keep(body: bytes) -> str:
    """Store ``body`` unless it is there already; returns its SHA-256 in hex. Durable before it returns."""
    sha256 = hashlib.sha256(body).hexdigest()
    place, storage = _place(sha256), _storage()
    if not storage.exists(place):
        storage.save(place, ContentFile(body))
    return sha256


def read(sha256: str) -> bytes:
    """The bytes with that hash, checked. Raises :class:`Damaged`."""
    try:
        with _storage().open(_place(sha256)) as handle:
            body: bytes = handle.read()
    except FileNotFoundError as error:
        raise Damaged(_("The preserved bytes are missing from the storage.")) from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Damaged(_("The stored bytes are not those that were preserved."))
    return body
