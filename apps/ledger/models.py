"""One append-only, hash-linked record of every change per dossier, and the base of every fact it dates."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from apps.core.triggers import append_only, only_ends


class Head(models.Model):
    """Where a dossier's ledger ends. Locked last, held only while facts are written."""

    dossier = models.OneToOneField("dossiers.Dossier", on_delete=models.PROTECT, primary_key=True, related_name="head")
    index = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.dossier_id}:{self.index}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def after(self, index: int) -> Self:
        return self.filter(index__gt=index).order_by("index")

    def on_facts(self) -> Self:
        return self.filter(touches_facts=True)

    def newest_first(self) -> Self:
        return self.order_by("-index")


class Entry(models.Model):
    """One decision or batch. ``digest`` covers the previous entry and a salted digest of the payload."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="entries")
    index = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    payload = models.JSONField()
    touches_facts = models.BooleanField()
    salt = models.BinaryField(max_length=16)
    payload_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "index"], name="ledger_entry_once"),
            models.CheckConstraint(condition=Q(index__gt=0), name="ledger_entry_counts_from_one"),
        ]
        indexes = [
            models.Index(fields=["dossier", "index"], name="ledger_entry_on_facts", condition=Q(touches_facts=True)),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.dossier_id}:{self.index} {self.verb}"


M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class FactQuerySet(models.QuerySet[M_co]):
    """Reads that every fact shares."""

    def in_dossier(self, dossier_id: int) -> Self:
        return self.filter(dossier_id=dossier_id)

    def current(self) -> Self:
        return self.filter(known_until__isnull=True)

    def as_known(self, known_at: datetime | None) -> Self:
        """What the dossier held at ``known_at``; ``None`` means now."""
        if known_at is None:
            return self.current()
        return self.filter(Q(known_until__isnull=True) | Q(known_until__gt=known_at), known_from__lte=known_at)


class Fact(models.Model):
    """A row that a ledger entry brought into being and another may end; it is never edited in between.

    ``known_from`` and ``known_until`` are database times that strictly increase with the ledger's index, so that
    *as known on* needs no more than a comparison.
    """

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    known_from = models.DateTimeField()
    known_from_index = models.BigIntegerField()
    known_until = models.DateTimeField(null=True, blank=True)
    known_until_index = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                # What is compared must be there: a check that yields NULL passes.
                condition=Q(known_until__isnull=True, known_until_index__isnull=True)
                | Q(known_until__isnull=False, known_until_index__isnull=False)
                & Q(known_until__gt=F("known_from"), known_until_index__gt=F("known_from_index")),
                name="%(app_label)s_%(class)s_ends_after_it_begins",
            )
        ]
        triggers = only_ends()

    @property
    def is_current(self) -> bool:
        return self.known_until is None
