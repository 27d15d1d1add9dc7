"""May this person do this here? ``check_can_x`` says why not; ``can_x`` only whether."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Denied
from apps.dossiers.models import Dossier
from apps.dossiers.rules import Power, allows
from apps.dossiers.selectors import role_of


def _reason(power: Power) -> str:
    return {
        Power.READ: _("You are not a member of this dossier."),
        Power.ADD: _("Adding articles needs the role of analyst in this dossier."),
        Power.REVIEW: _("Reviewing statements needs the role of analyst in this dossier."),
        Power.CHECK: _("Checking attributions needs the role of editor in this dossier."),
        Power.MANAGE: _("Managing a dossier needs the role of manager in it."),
    }[power]


def check_can(power: Power, *, user: User, dossier: Dossier) -> None:
    """Raises :class:`Denied` with the reason. One query."""
    if not allows(role_of(user.pk, dossier.pk), power):
        raise Denied(_reason(power))


def can(power: Power, *, user: User, dossier: Dossier) -> bool:
    try:
        check_can(power, user=user, dossier=dossier)
    except Denied:
        return False
    return True
