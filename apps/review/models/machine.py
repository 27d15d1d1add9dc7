"""Which machine read which text, and what became of what it found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from apps.core.constraints import same_dossier
from apps.core.triggers import append_only


class MachineReading(models.Model):
    """An extractor, in one version, read a rendition. Never changed; of a rendition's readings the last one counts.

    ``machine`` is ``name/version``. Of the ``found`` statements some were ``proposed``, some ``kept`` because somebody
    has decided on these very words before, some ``left_out`` because one text gives no more proposals than can be
    reviewed. ``withdrawn`` proposals of an earlier reading were replaced. Without ``able`` nothing was read: the
    extractor knows no ``language`` like that of the text.
    """

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    rendition = models.ForeignKey(
        "articles.Rendition", on_delete=models.PROTECT, db_constraint=False, related_name="machine_readings"
    )
    machine = models.CharField(max_length=80)
    at = models.DateTimeField()
    language = models.CharField(max_length=12)
    able = models.BooleanField(default=True)
    found = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            same_dossier("rendition", "articles.Rendition", name="review_machinereading_same_dossier"),
            models.CheckConstraint(condition=~Q(machine=""), name="review_machinereading_names_the_machine"),
            models.CheckConstraint(
                condition=Q(found=F("proposed") + F("kept") + F("left_out")), name="review_machinereading_adds_up"
            ),
            models.CheckConstraint(condition=Q(able=True) | Q(found=0), name="review_machinereading_unable_found_none"),
        ]
        indexes = [models.Index(fields=["rendition", "-id"], name="review_machinereading_newest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.machine} {self.rendition_id}"
