"""Derived rows to filter and order lists by. Disposable and rebuilt at will; no page shows a standing from them."""

from __future__ import annotations

from django.db import models

from apps.core.constraints import same_dossier


class Summary(models.Model):
    """Where a claim stood when the ledger was last read: a disposable index, never evidence."""

    claim = models.OneToOneField("claims.Claim", on_delete=models.CASCADE, primary_key=True, related_name="summary")
    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    standing = models.CharField(max_length=30)
    origins = models.PositiveIntegerField()
    statements = models.PositiveIntegerField()
    last_word = models.DateTimeField()

    class Meta:
        verbose_name_plural = "summaries"
        constraints = [same_dossier("claim", "claims.Claim", name="crosscheck_summary_same_dossier")]
        indexes = [
            models.Index(fields=["dossier", "-last_word", "-claim"], name="crosscheck_summary_newest"),
            models.Index(fields=["dossier", "standing", "-last_word", "-claim"], name="crosscheck_summary_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.standing}"


class Watermark(models.Model):
    """How far into a dossier's ledger the summaries have been brought."""

    dossier = models.OneToOneField("dossiers.Dossier", on_delete=models.CASCADE, primary_key=True, related_name="+")
    index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.index}"
