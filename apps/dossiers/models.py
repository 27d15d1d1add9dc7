"""Bodies of work: each with its own people, parties and ledger."""

from __future__ import annotations

from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import addressable, same_dossier
from apps.ledger.models import Fact, FactQuerySet


def known_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is no time zone we know, such as Asia/Baku."), params={"value": value})


class Role(models.TextChoices):
    """What a member may do; each may also do what those before it may."""

    READER = "reader", _("reader")
    ANALYST = "analyst", _("analyst")
    EDITOR = "editor", _("editor")
    MANAGER = "manager", _("manager")


class DossierQuerySet(models.QuerySet["Dossier"]):
    def readable_by(self, user_id: int) -> Self:
        return self.filter(
            pk__in=Membership.objects.current().filter(user_id=user_id).values("dossier_id"),
        ).order_by("title", "pk")


class Dossier(models.Model):
    """One body of work on one conflict. Title and zone are settings, not evidence; their changes are in the ledger."""

    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=160)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_zone])
    created = models.DateTimeField()

    objects = DossierQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Membership(Fact):
    """A role that a person holds in a dossier, from one ledger entry to another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    objects = FactQuerySet["Membership"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["dossier", "user"], condition=Q(known_until__isnull=True), name="dossiers_membership_one_now"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="dossiers_membership_role_known"),
        ]
        indexes = [models.Index(fields=["user", "dossier"], name="dossiers_membership_by_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class Party(Fact):
    """A side in the dossier. Bare: its name and code are versioned."""

    ordinal = models.PositiveSmallIntegerField()

    objects = FactQuerySet["Party"].as_manager()

    class Meta(Fact.Meta):
        verbose_name_plural = "parties"
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="dossiers_party_addressable"),
            models.UniqueConstraint(
                fields=["dossier", "ordinal"], condition=Q(known_until__isnull=True), name="dossiers_party_one_column"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PartyName(Fact):
    """What the dossier calls a party, and its short code."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="names")
    code = models.CharField(_("code"), max_length=4)
    name = models.CharField(_("name"), max_length=80)

    objects = FactQuerySet["PartyName"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("party", "dossiers.Party", name="dossiers_partyname_same_dossier"),
            models.UniqueConstraint(
                fields=["party"], condition=Q(known_until__isnull=True), name="dossiers_partyname_one_now"
            ),
            models.UniqueConstraint(
                fields=["dossier", "code"], condition=Q(known_until__isnull=True), name="dossiers_partyname_code_once"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="dossiers_partyname_said"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
