"""System checks over settings that must not reach production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def no_fetch_exemption(*, app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a deployment in which an address of a private network could be fetched."""
    if not settings.FETCH_EXEMPT_ORIGIN:
        return []
    return [
        Error(
            "FETCH_EXEMPT_ORIGIN exempts an address from the fetch guard.",
            hint="It is for the demo site only: unset it.",
            id="core.E001",
        )
    ]
