"""Trying again whatever failed, many rows at once."""

from __future__ import annotations

from collections.abc import Iterable

from apps.articles.models import Intake
from apps.articles.services import leases
from apps.core.errors import Refusal


def retry_all(*, intakes: Iterable[Intake]) -> list[Intake]:
    """Try each of them again where it stopped, each for itself; those that are.

    Left out are those whose address is on its way already, and those that somebody else has taken up meanwhile.
    """
    again: list[Intake] = []
    for intake in intakes:
        try:
            leases.retry(intake=intake)
        except Refusal:
            continue
        again.append(intake)
    return again
