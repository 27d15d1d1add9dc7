"""Extractors by name, and the one in use. What a worker reads with is looked up anew for every article."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from apps.attribution.engine import KNOWN, UnknownExtractor, extractor
from apps.attribution.learning.extracting import TrainedExtractor
from apps.attribution.llm.extractor import LlmExtractor
from apps.attribution.llm.options import LlmOptions
from apps.attribution.types import Extractor, ExtractorUnavailable
from apps.extractors import rules
from apps.extractors.models import TrainedModel, Use

KEPT_LOADED = 2
"""Models that a process keeps: the one in use, and the one before it while articles are still read with that."""


def name_in_use() -> str:
    """The name of the extractor that reads new articles: the one switched on last, else the setting's. One query."""
    last = Use.objects.order_by("-pk").first()
    name: str = (last.name if last is not None else "") or settings.COUNTERCLAIM_EXTRACTOR
    return name


def engine(name: str = "") -> Extractor:
    """The extractor of that name, else the one in use: as :func:`apps.attribution.engine.extractor` has them, but
    ``trained`` and ``trained:VERSION`` are models of this installation, and ``llm`` is what the settings say.

    Raises :class:`~apps.attribution.engine.UnknownExtractor`, whose words name those there are, and
    :class:`~apps.attribution.types.ExtractorUnavailable` where what it needs is not there.
    """
    name = name or name_in_use()
    version = rules.trained_version(name)
    if version is not None:
        return _loaded(version or _newest())
    if name == "llm":
        return LlmExtractor(LlmOptions.from_environment(settings.LLM))
    if name.partition(":")[0] not in {known.partition(":")[0] for known in KNOWN}:
        raise UnknownExtractor(_unknown(name))
    return extractor(name)


def _unknown(name: str) -> str:
    versions = TrainedModel.objects.order_by("pk").values_list("version", flat=True)
    known = ", ".join([*(one for one in KNOWN if not one.startswith("trained:")), *(f"trained:{v}" for v in versions)])
    return _("There is no extractor called “%(name)s”. Known: %(known)s.") % {"name": name, "known": known}


def _newest() -> str:
    version = TrainedModel.objects.order_by("-pk").values_list("version", flat=True).first()
    if version is None:
        raise ExtractorUnavailable(_("No model has been trained here yet."), code="no_trained_model", transient=False)
    return version


@lru_cache(maxsize=KEPT_LOADED)
def _loaded(version: str) -> Extractor:
    row = TrainedModel.objects.filter(version=version).first()
    if row is None:
        raise UnknownExtractor(_unknown(f"{rules.TRAINED}:{version}"))
    model = bytes(row.model)
    if hashlib.sha256(model).hexdigest() != row.sha256:
        raise ExtractorUnavailable(
            _("The model %(version)s is damaged: its bytes are not those that were stored.") % {"version": version},
            code="model_damaged",
            transient=False,
        )
    return load(model)


def load(model: bytes) -> Extractor:
    """The extractor that a model makes."""
    return TrainedExtractor(model)
