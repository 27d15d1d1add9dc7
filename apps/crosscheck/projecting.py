"""Brings the summaries level as soon as a ledger entry is committed; a sweep does it for entries that were missed."""

from __future__ import annotations

from typing import Any

from apps.crosscheck.services import catch_up
from apps.ledger.signals import recorded


def _on_recorded(sender: object, *, dossier_id: int, touches_facts: bool, **kwargs: Any) -> None:
    if touches_facts:
        catch_up(dossier_id=dossier_id)


def connect() -> None:
    recorded.connect(_on_recorded, dispatch_uid="crosscheck.catch_up")
