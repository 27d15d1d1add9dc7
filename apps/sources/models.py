"""Those to whom words are attributed, the names they go by, whom they speak for; places; who publishes."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import addressable, same_dossier
from apps.ledger.models import Fact, FactQuerySet


class Source(Fact):
    """A person, an office, an institution, a state, or a medium in its own voice. Bare: names are aliases."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        OFFICE = "office", _("office")
        INSTITUTION = "institution", _("institution")
        STATE = "state", _("state")
        GROUP = "group", _("group")
        MEDIUM = "medium", _("medium in its own voice")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)

    objects = FactQuerySet["Source"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="sources_source_addressable"),
            models.CheckConstraint(
                condition=Q(kind__in=["person", "office", "institution", "state", "group", "medium"]),
                name="sources_source_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Alias(Fact):
    """A name a source goes by. One of them is the preferred one, which the dossier itself uses."""

    class Form(models.TextChoices):
        OFFICIAL = "official", _("official")
        SHORT = "short", _("short")
        TRANSLITERATED = "transliterated", _("transliterated")
        ACRONYM = "acronym", _("acronym")
        METONYM = "metonym", _("metonym")
        ROLE = "role", _("role")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="aliases")
    name = models.CharField(_("name"), max_length=200)
    folded = models.CharField(max_length=220, editable=False)
    form = models.CharField(_("form"), max_length=16, choices=Form.choices)
    language = models.CharField(_("language"), max_length=12, blank=True)
    preferred = models.BooleanField(default=False)

    objects = FactQuerySet["Alias"].as_manager()

    class Meta(Fact.Meta):
        verbose_name_plural = "aliases"
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="sources_alias_addressable"),
            same_dossier("source", "sources.Source", name="sources_alias_same_dossier"),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(known_until__isnull=True, preferred=True),
                name="sources_alias_one_preferred",
            ),
            models.UniqueConstraint(
                fields=["source", "folded"], condition=Q(known_until__isnull=True), name="sources_alias_once"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(folded=""), name="sources_alias_said"),
            models.CheckConstraint(
                condition=Q(form__in=["official", "short", "transliterated", "acronym", "metonym", "role"]),
                name="sources_alias_form_known",
            ),
            models.CheckConstraint(
                condition=~Q(preferred=True, form="metonym"), name="sources_alias_no_metonym_preferred"
            ),
        ]
        indexes = [
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="sources_alias_words"),
            models.Index(fields=["dossier", "folded"], name="sources_alias_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(Fact):
    """A person or office speaks for an institution, over some days. Several may overlap."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="affiliations")
    institution = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="voices")
    role = models.CharField(_("role"), max_length=120, blank=True)
    days = DateRangeField(_("from – to"), default="(,)")

    objects = FactQuerySet["Affiliation"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("source", "sources.Source", name="sources_affiliation_same_dossier"),
            same_dossier("institution", "sources.Source", name="sources_affiliation_inst_same_dossier"),
            models.CheckConstraint(condition=~Q(source=F("institution")), name="sources_affiliation_of_another"),
            ExclusionConstraint(
                name="sources_affiliation_once",
                expressions=[
                    ("source", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                condition=Q(known_until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.role or str(self.public_id)


class Alignment(Fact):
    """A source stands with a party, over some days; with at most one at a time, and some with none."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="alignments")
    party = models.ForeignKey("dossiers.Party", on_delete=models.PROTECT, db_constraint=False, related_name="+")
    days = DateRangeField(_("from – to"), default="(,)")

    objects = FactQuerySet["Alignment"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("source", "sources.Source", name="sources_alignment_same_dossier"),
            same_dossier("party", "dossiers.Party", name="sources_alignment_party_same_dossier"),
            ExclusionConstraint(
                name="sources_alignment_one_at_a_time",
                expressions=[("source", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=Q(known_until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Place(Fact):
    """Somewhere. Bare: it has no name of ours, only those that parties use."""

    objects = FactQuerySet["Place"].as_manager()

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, addressable(name="sources_place_addressable")]

    def __str__(self) -> str:
        return str(self.public_id)


class Toponym(Fact):
    """One of the names of a place, with the party and language that use it; no party for a name in common use."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_constraint=False, related_name="toponyms")
    party = models.ForeignKey(
        "dossiers.Party", on_delete=models.PROTECT, db_constraint=False, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=12, blank=True)

    objects = FactQuerySet["Toponym"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("place", "sources.Place", name="sources_toponym_same_dossier"),
            same_dossier("party", "dossiers.Party", name="sources_toponym_party_same_dossier"),
            models.UniqueConstraint(
                fields=["place", "name"], condition=Q(known_until__isnull=True), name="sources_toponym_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="sources_toponym_said"),
        ]

    def __str__(self) -> str:
        return self.name


class Outlet(Fact):
    """Who published an article. Bare but for the host by which its pages are recognised."""

    host = models.CharField(_("host"), max_length=255, blank=True)

    objects = FactQuerySet["Outlet"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="sources_outlet_addressable"),
        ]
        indexes = [models.Index(fields=["dossier", "host"], name="sources_outlet_by_host")]

    def __str__(self) -> str:
        return str(self.public_id)


class OutletName(Fact):
    """What an outlet is called."""

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, db_constraint=False, related_name="names")
    name = models.CharField(_("name"), max_length=120)

    objects = FactQuerySet["OutletName"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("outlet", "sources.Outlet", name="sources_outletname_same_dossier"),
            models.UniqueConstraint(
                fields=["outlet"], condition=Q(known_until__isnull=True), name="sources_outletname_one_now"
            ),
            models.UniqueConstraint(
                fields=["dossier", "name"], condition=Q(known_until__isnull=True), name="sources_outletname_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="sources_outletname_said"),
        ]

    def __str__(self) -> str:
        return self.name
