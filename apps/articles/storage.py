"""Preserved bytes, named by their SHA-256. Written once, never changed, shared unobservably between dossiers."""

from __future__ import annotations

import functools
import hashlib

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.core.errors import Refusal
from apps.core.evidence import Away, Folder, Full, Missing, Store

__all__ = ["Away", "Damaged", "Full", "keep", "read", "store"]


class Damaged(Refusal):
    """The stored bytes are missing or are not those that were preserved."""

    status = 500
    code = "evidence_damaged"


def store() -> Store:
    """The place that the settings name: EVIDENCE_STORE, or the folder EVIDENCE_ROOT where that is empty."""
    return _store(settings.EVIDENCE_STORE, settings.EVIDENCE_ROOT)


@functools.lru_cache(maxsize=8)
def _store(address: str, root: object) -> Store:
    if not address:
        return Folder(root)  # type: ignore[arg-type]
    # By name, since boto3 takes a while to load and a folder needs none of it.
    made: Store = import_string("apps.core.evidence_s3.Bucket")(address)
    return made


def keep(body: bytes) -> str:
    """Store ``body`` unless it is there already; returns its SHA-256 in hex. Durable before it returns.

    An object that is there but damaged is mended. Raises :class:`Full`, :class:`Away`.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    store().put(sha256, body)
    return sha256


def read(sha256: str) -> bytes:
    """The bytes with that hash, checked. Raises :class:`Damaged`, :class:`Away`."""
    try:
        body = store().get(sha256)
    except Missing as error:
        raise Damaged(_("The preserved bytes are missing from the storage.")) from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Damaged(_("The stored bytes are not those that were preserved."))
    return body
