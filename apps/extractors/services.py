"""Fitting a model to what people decided, and switching the extractor that reads new articles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from apps.attribution.learning import training
from apps.attribution.learning.model import Trained
from apps.core.errors import Refusal
from apps.extractors import rules
from apps.extractors.engines import engine
from apps.extractors.gold import Gold
from apps.extractors.models import LARGEST, TrainedModel, Use

Record = Mapping[str, Any]
Report = Callable[[str], None]


class Train(Protocol):
    """How a model is fitted: :func:`apps.attribution.learning.training.train`, or what stands in for it in a test."""

    def __call__(
        self, records: Sequence[Record], *, held_out: Sequence[Record] | None, seed: int, report: Report
    ) -> Trained: ...


def fit(*, gold: Gold, seed: int, by: str, at: datetime, report: Report, train: Train = training.train) -> TrainedModel:
    """Fit a model and keep it; it reads nothing until it is switched on. Takes minutes, and locks nothing.

    The same fit twice is one model. Raises :class:`~apps.attribution.learning.training.TooLittle`, and a refusal if the
    model is too large to keep.
    """
    made = train(gold.records, held_out=gold.held_out, seed=seed, report=report)
    if len(made.model) > LARGEST:
        raise Refusal(_("The model is larger than 64 MiB: fit it to fewer documents."), code="model_too_large")
    row, _new = TrainedModel.objects.get_or_create(
        version=made.version,
        defaults={
            "model": made.model,
            "size": len(made.model),
            "sha256": hashlib.sha256(made.model).hexdigest(),
            "figures": dict(made.figures),
            "made_from": gold.made_from,
            "made_at": at,
            "made_by": by[:120],
        },
    )
    return row


@transaction.atomic
def switch(*, name: str, by: str, at: datetime, even_if_worse: bool = False) -> Use:
    """Have new articles read by this extractor from now on; an empty name leaves it to the setting again.

    A trained model may be named by its version alone. Raises a refusal for one that was not measured on texts held
    out, or did worse there than the default extractor (unless ``even_if_worse``),
    :class:`~apps.attribution.engine.UnknownExtractor`, and
    :class:`~apps.attribution.types.ExtractorUnavailable` for one that cannot work here and now.
    """
    row = _trained(name)
    if row is not None:
        name = f"{rules.TRAINED}:{row.version}"
        _check_measured(row, even_if_worse=even_if_worse)
    if len(name) > Use._meta.get_field("name").max_length:  # type: ignore[operator]
        raise Refusal(_("No extractor has a name as long as that."), code="name_too_long")
    if name:
        engine(name)
    return Use.objects.create(name=name, trained=row, at=at, by=by[:120])


def _trained(name: str) -> TrainedModel | None:
    """The model that is named, by ``trained`` (the newest), ``trained:VERSION`` or its version alone."""
    rows = TrainedModel.objects.defer("model")
    version = rules.trained_version(name)
    if version == "":
        return rows.order_by("-pk").first()
    return rows.filter(version=version or name).first()


def _check_measured(row: TrainedModel, *, even_if_worse: bool) -> None:
    found = rules.held_out(row.figures)
    if found is None:
        raise Refusal(
            _("The model %(version)s has no figures on texts held out, so nobody can say how well it reads.")
            % {"version": row.version},
            code="not_measured",
        )
    if found.worse and not even_if_worse:
        raise Refusal(
            _(
                "On the same %(n)d texts the model %(version)s does worse than the default: F1 %(own).3f against "
                "%(other).3f."
            )
            % {"n": found.documents, "version": row.version, "own": found.trained, "other": found.default},
            code="worse_than_default",
        )
