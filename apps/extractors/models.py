"""The models that this installation fitted, and which extractor was switched on when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.core.triggers import append_only

LARGEST = 64 * 2**20
"""Bytes."""


class TrainedModel(models.Model):
    """A fitted model. Never changed; which one reads is said by :class:`Use`.

    ``figures`` are its measures, and those of the default extractor, on texts it was not fitted on; ``made_from`` says
    which dossiers and corpora it was fitted to and how much of each. Neither holds any text. The bytes may: a model
    remembers words of what it was fitted to.
    """

    version = models.CharField(max_length=40, unique=True)
    model = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    figures = models.JSONField()
    made_from = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(version=""), name="extractors_trainedmodel_has_version"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="extractors_trainedmodel_hash"),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=LARGEST), name="extractors_trainedmodel_size"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.version


class Use(models.Model):
    """An extractor was switched on. The newest row counts; an empty ``name`` leaves it to the setting."""

    name = models.CharField(max_length=80, blank=True)
    trained = models.ForeignKey(TrainedModel, on_delete=models.PROTECT, null=True, blank=True, related_name="uses")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(trained__isnull=True) & ~Q(name__startswith="trained")
                | Q(trained__isnull=False, name__startswith="trained:"),
                name="extractors_use_names_its_model",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
