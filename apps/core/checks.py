"""System checks over settings that must not reach production."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http.request import validate_host
from django.utils.module_loading import import_string


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


def evidence_store_readable(*, app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an EVIDENCE_STORE that cannot be read, before the first article finds out."""
    if not settings.EVIDENCE_STORE:
        return []
    try:
        import_string("apps.core.evidence_s3.Bucket")(settings.EVIDENCE_STORE)
    except ValueError as error:
        return [Error(f"EVIDENCE_STORE cannot be read: {error}", id="core.E002")]
    return []


def pages_origin_complete(*, app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an origin for preserved pages that nobody can reach or frame, or that is the site's."""
    pages, app = (urlsplit(origin) for origin in (settings.PAGES_ORIGIN, settings.APP_ORIGIN))
    if not settings.PAGES_ORIGIN:
        return []
    if not app.netloc or pages.netloc == app.netloc:
        told, hint = "PAGES_ORIGIN needs an APP_ORIGIN that is another.", "Set APP_ORIGIN to the site's own origin."
    elif pages.scheme not in ("http", "https") or not validate_host(pages.hostname or "", settings.ALLOWED_HOSTS):
        told, hint = (
            "The host of PAGES_ORIGIN is not answered.",
            "It is https://host, with the host in ALLOWED_HOSTS.",
        )
    else:
        return []
    return [Error(told, hint=hint, id="core.E003")]
