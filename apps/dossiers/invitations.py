"""Bringing somebody into a dossier by mail, whether they have an account or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.people import account_for
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier, Membership, Role
from apps.dossiers.services import give_role

LinkFor = Callable[[User], str]
"""Where the mail leads: for somebody without a password to choosing one, else to the dossier."""


class MailFailed(Refusal):
    """The role was given, but the mail could not be handed over."""

    status = 502
    code = "mail_failed"


@dataclass(frozen=True)
class Invited:
    """Who was invited, and whether an account was made for them."""

    user: User
    new: bool


def invite(*, dossier: Dossier, email: str, name: str, role: str, by: User, link_for: LinkFor) -> Invited:
    """Give a role to the person with that address, making their account if need be, and tell them by mail.

    The role stands once it is given, mail or not. Raises :class:`MailFailed`, or a refusal where the address cannot be
    used or the person is a member already: their role is changed, not given anew.
    """
    with transaction.atomic():
        user, new = account_for(email=email, name=name or email.partition("@")[0])
        if Membership.objects.in_dossier(dossier.pk).current().filter(user=user).exists():
            raise Conflict(_("%(name)s is a member already.") % {"name": user.name}, code="member_already")
        give_role(dossier=dossier, user=user, role=role, by=by)
    send_invitation(dossier=dossier, user=user, by=by, link_for=link_for)
    return Invited(user, new)


def send_invitation(*, dossier: Dossier, user: User, by: User, link_for: LinkFor) -> None:
    """Tell a member by mail, for the first time or again. Raises :class:`MailFailed`."""
    held = Membership.objects.in_dossier(dossier.pk).current().filter(user=user).first()
    if held is None:
        raise Conflict(_("This person is no member any more."))
    subject = _("An invitation to “%(dossier)s”") % {"dossier": dossier.title}
    body = render_to_string(
        "registration/invitation_email.txt",
        {"inviter": by.name, "dossier": dossier.title, "role": Role(held.role).label, "link": link_for(user)},
    )
    try:
        send_mail(" ".join(subject.split()), body, None, [user.email])
    except (SMTPException, OSError) as error:
        reason = _("%(name)s is a member now, but the mail could not be sent: send it again later.")
        raise MailFailed(reason % {"name": user.name}) from error
