"""Where texts come from: sketches to find copies by, origins, and what people decided about them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.articles.models.evidence import Article, Rendition
from apps.core.constraints import addressable, same_dossier
from apps.ledger.models import Fact, FactQuerySet


class Sketch(models.Model):
    """Hashed word shingles of a rendition, to find copies by. Derived: may be dropped and rebuilt."""

    rendition = models.OneToOneField(Rendition, on_delete=models.CASCADE, primary_key=True, related_name="sketch")
    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    hashes = ArrayField(models.IntegerField())

    class Meta:
        constraints = [same_dossier("rendition", "articles.Rendition", name="articles_sketch_same_dossier")]
        indexes = [GinIndex(fields=["hashes"], name="articles_sketch_hashes")]

    def __str__(self) -> str:
        return f"{self.rendition_id}"


class Origin(Fact):
    """Who first wrote a text that one or more articles carry."""

    label = models.CharField(max_length=160)

    objects = FactQuerySet["Origin"].as_manager()

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, addressable(name="articles_origin_addressable")]

    def __str__(self) -> str:
        return self.label


class Lineage(Fact):
    """An article carries the text of an origin, and on what grounds we think so. No row: unknown."""

    class Grounds(models.TextChoices):
        CREDIT = "credit", _("the article credits it")
        SAME_TEXT = "same_text", _("the text is that of an earlier article")
        OWN = "own", _("the article is signed as the outlet's own report")
        PERSON = "person", _("somebody of the dossier said so")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="lineages")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, db_constraint=False, related_name="lineages")
    grounds = models.CharField(max_length=12, choices=Grounds.choices)
    copied_from = models.ForeignKey(
        Article, on_delete=models.PROTECT, db_constraint=False, related_name="copied_by", null=True, blank=True
    )
    share = models.FloatField(default=1.0)
    # Of a person's decision only: who, as in the ledger, and why.
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = FactQuerySet["Lineage"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("article", "articles.Article", name="articles_lineage_same_dossier"),
            same_dossier("origin", "articles.Origin", name="articles_lineage_origin_same_dossier"),
            same_dossier("copied_from", "articles.Article", name="articles_lineage_from_same_dossier"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(known_until__isnull=True), name="articles_lineage_one_now"
            ),
            models.CheckConstraint(condition=~Q(article=F("copied_from")), name="articles_lineage_from_another"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="articles_lineage_share"),
            models.CheckConstraint(
                condition=Q(grounds="person") ^ Q(decided_by=""), name="articles_lineage_person_is_named"
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="articles_lineage_by_origin")]

    def __str__(self) -> str:
        return str(self.public_id)


class Parting(Fact):
    """A person decided that an article does not carry the text of an origin; no machine puts it back there."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="partings")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, db_constraint=False, related_name="partings")
    decided_by = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)

    objects = FactQuerySet["Parting"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("article", "articles.Article", name="articles_parting_same_dossier"),
            same_dossier("origin", "articles.Origin", name="articles_parting_origin_same_dossier"),
            models.UniqueConstraint(
                fields=["article", "origin"], condition=Q(known_until__isnull=True), name="articles_parting_once_now"
            ),
            models.CheckConstraint(condition=~Q(decided_by=""), name="articles_parting_person_is_named"),
        ]
        indexes = [models.Index(fields=["origin"], name="articles_parting_by_origin")]

    def __str__(self) -> str:
        return str(self.public_id)
