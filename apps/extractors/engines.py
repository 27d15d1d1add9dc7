"""Extractors by name, and the one in use."""

from __future__ import annotations

from django.conf import settings

from apps.attribution.engine import extractor
from apps.attribution.types import Extractor


def name_in_use() -> str:
    """The name of the extractor that reads new articles."""
    name: str = settings.COUNTERCLAIM_EXTRACTOR
    return name


def engine(name: str = "") -> Extractor:
    """The extractor of that name, else the one in use.

    Raises :class:`~apps.attribution.engine.UnknownExtractor`, whose words name those there are, and
    :class:`~apps.attribution.types.ExtractorUnavailable` where what it needs is not there.
    """
    return extractor(name or name_in_use())
