"""Propositions that nobody owns, the positions taken on them, and how they stand to each other."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import CompositeForeignKey, addressable, same_dossier
from apps.ledger.models import Fact, FactQuerySet


class Stance(models.TextChoices):
    """What a statement does to a claim."""

    ASSERTS = "asserts", _("asserts")
    DENIES = "denies", _("denies")
    PARTLY_ADMITS = "partly_admits", _("partly admits")
    CONCEDES = "concedes", _("concedes")
    PRESUPPOSES = "presupposes", _("presupposes")
    EVADES = "evades", _("evades")
    DECLINES = "declines", _("declines to comment")
    RETRACTS = "retracts", _("retracts")


class CounterKind(models.TextChoices):
    """What one claim is to another."""

    REBUTS = "rebuts", _("rebuts")
    UNDERCUTS = "undercuts", _("undercuts")
    CONTRADICTS = "contradicts", _("contradicts")
    CONTRARY = "contrary", _("is contrary to")
    SUPPORTS = "supports", _("supports")
    INSTANCE_OF = "instance_of", _("is an instance of")
    SUPERSEDES = "supersedes", _("supersedes")


class Claim(Fact):
    """A proposition. Bare: wording and whom it is about are versioned; the number is for good."""

    number = models.PositiveIntegerField()

    objects = FactQuerySet["Claim"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="claims_claim_addressable"),
            models.UniqueConstraint(fields=["dossier", "number"], name="claims_claim_numbered_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="claims_claim_number_counts_from_one"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"C-{self.number:04d}"


class Wording(Fact):
    """The neutral sentence for a claim. Only small mendings; a substantive rewording is another claim."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, db_constraint=False, related_name="wordings")
    text = models.CharField(_("wording"), max_length=300)
    words = models.GeneratedField(
        expression=SearchVector("text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    objects = FactQuerySet["Wording"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("claim", "claims.Claim", name="claims_wording_same_dossier"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(known_until__isnull=True), name="claims_wording_one_now"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="claims_wording_said"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="claims_wording_words"),
            GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="claims_wording_like"),
        ]

    def __str__(self) -> str:
        return self.text


class About(Fact):
    """A party whose conduct or condition a claim is about: the one whose answer is waited for."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, db_constraint=False, related_name="abouts")
    party = models.ForeignKey("dossiers.Party", on_delete=models.PROTECT, db_constraint=False, related_name="+")

    objects = FactQuerySet["About"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("claim", "claims.Claim", name="claims_about_same_dossier"),
            same_dossier("party", "dossiers.Party", name="claims_about_party_same_dossier"),
            models.UniqueConstraint(
                fields=["claim", "party"], condition=Q(known_until__isnull=True), name="claims_about_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Position(Fact):
    """What a statement does to a claim. A retraction names the statement it takes back."""

    statement = models.ForeignKey(
        "statements.Statement", on_delete=models.PROTECT, db_constraint=False, related_name="positions"
    )
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, db_constraint=False, related_name="positions")
    stance = models.CharField(_("position"), max_length=14, choices=Stance.choices)
    retracts = models.ForeignKey(
        "statements.Statement",
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="retracted_by",
        null=True,
        blank=True,
    )

    objects = FactQuerySet["Position"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="claims_position_addressable"),
            same_dossier("statement", "statements.Statement", name="claims_position_same_dossier"),
            same_dossier("claim", "claims.Claim", name="claims_position_claim_same_dossier"),
            same_dossier("retracts", "statements.Statement", name="claims_position_retracts_same_dossier"),
            models.UniqueConstraint(
                fields=["statement", "claim"], condition=Q(known_until__isnull=True), name="claims_position_one_now"
            ),
            models.CheckConstraint(condition=Q(stance__in=Stance.values), name="claims_position_stance_known"),
            models.CheckConstraint(
                condition=Q(stance="retracts", retracts__isnull=False)
                | ~Q(stance="retracts") & Q(retracts__isnull=True),
                name="claims_position_retraction_names_what",
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "id"], name="claims_position_by_claim"),
            models.Index(fields=["statement"], name="claims_position_by_statement"),
        ]

    def __str__(self) -> str:
        return f"{self.stance}"


class Counter(Fact):
    """How a claim stands to another: argued by a speaker (``made_by``) or drawn by an analyst (without)."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, db_constraint=False, related_name="counters")
    against = models.ForeignKey(Claim, on_delete=models.PROTECT, db_constraint=False, related_name="countered_by")
    kind = models.CharField(_("kind"), max_length=12, choices=CounterKind.choices)
    made_by = models.ForeignKey(
        "statements.Statement",
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="counters",
        null=True,
        blank=True,
    )

    objects = FactQuerySet["Counter"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="claims_counter_addressable"),
            same_dossier("claim", "claims.Claim", name="claims_counter_same_dossier"),
            same_dossier("against", "claims.Claim", name="claims_counter_against_same_dossier"),
            same_dossier("made_by", "statements.Statement", name="claims_counter_made_by_same_dossier"),
            models.CheckConstraint(condition=~Q(claim=F("against")), name="claims_counter_of_another"),
            models.CheckConstraint(condition=Q(kind__in=CounterKind.values), name="claims_counter_kind_known"),
            models.UniqueConstraint(
                fields=["claim", "against", "kind", "made_by"],
                condition=Q(known_until__isnull=True),
                nulls_distinct=False,
                name="claims_counter_once",
            ),
        ]
        indexes = [
            models.Index(fields=["claim"], name="claims_counter_by_claim"),
            models.Index(fields=["against"], name="claims_counter_by_against"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class Measure(models.TextChoices):
    KILLED = "killed", _("killed")
    WOUNDED = "wounded", _("wounded")
    DISPLACED = "displaced", _("displaced")
    DETAINED = "detained", _("detained")
    MISSING = "missing", _("missing")
    OTHER = "other", _("other")


class Comparator(models.TextChoices):
    EXACTLY = "exactly", _("exactly")
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    ABOUT = "about", _("about")
    RANGE = "range", _("between")


class Counting(models.TextChoices):
    """Whether a number counts all so far, or only what came since an earlier one."""

    CUMULATIVE = "cumulative", _("in all so far")
    NEW = "new", _("newly")
    UNSTATED = "unstated", _("not stated")


class Figure(Fact):
    """A number somebody stated, as they stated it; ``part_of`` is the larger figure that it is included in."""

    statement = models.ForeignKey(
        "statements.Statement", on_delete=models.PROTECT, db_constraint=False, related_name="figures"
    )
    measure = models.CharField(max_length=10, choices=Measure.choices)
    comparator = models.CharField(max_length=10, choices=Comparator.choices)
    low = models.BigIntegerField()
    high = models.BigIntegerField(null=True, blank=True)
    of_whom = models.CharField(max_length=160, blank=True)
    counting = models.CharField(max_length=10, choices=Counting.choices, default=Counting.UNSTATED)
    part_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="parts"
    )

    objects = FactQuerySet["Figure"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("statement", "statements.Statement", name="claims_figure_same_dossier"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="claims_figure_measure_known"),
            models.CheckConstraint(
                condition=Q(comparator__in=Comparator.values), name="claims_figure_comparator_known"
            ),
            models.CheckConstraint(condition=Q(low__gte=0), name="claims_figure_not_negative"),
            models.CheckConstraint(
                condition=Q(comparator="range", high__isnull=False, high__gt=F("low"))
                | ~Q(comparator="range") & Q(high__isnull=True),
                name="claims_figure_range_has_two_ends",
            ),
            models.UniqueConstraint(fields=["statement", "id"], name="claims_figure_of_statement"),
            CompositeForeignKey(
                fields=("statement", "part_of"),
                to="claims.Figure",
                to_fields=("statement", "id"),
                name="claims_figure_part_of_same_statement",
            ),
            models.CheckConstraint(condition=Q(counting__in=Counting.values), name="claims_figure_counting_known"),
            models.CheckConstraint(condition=~Q(part_of=F("id")), name="claims_figure_part_of_another"),
        ]
        indexes = [models.Index(fields=["statement"], name="claims_figure_by_statement")]

    def __str__(self) -> str:
        return f"{self.low} {self.measure}"


class Follow(models.Model):
    """Somebody wants to hear what is new on a claim; ``seen_index`` is the ledger's place up to which they know.

    Working data of one person, no fact.
    """

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, db_constraint=False, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField()
    seen_index = models.BigIntegerField()

    class Meta:
        constraints = [
            same_dossier("claim", "claims.Claim", name="claims_follow_same_dossier"),
            models.UniqueConstraint(fields=["user", "claim"], name="claims_follow_once"),
            models.CheckConstraint(condition=Q(seen_index__gte=0), name="claims_follow_seen"),
        ]
        indexes = [models.Index(fields=["dossier", "user"], name="claims_follow_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.claim_id}"
