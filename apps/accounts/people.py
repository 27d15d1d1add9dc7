"""What a person changes about themselves, and how one who was invited comes to have an account."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Refusal


class WrongPassword(Refusal):
    """The present password was not given."""

    code = "wrong_password"


class WeakPassword(Refusal):
    """The new password will not do; ``reasons`` says why."""

    code = "weak_password"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def account_for(*, email: str, name: str) -> tuple[User, bool]:
    """The account with that address, made without a password if there is none; and whether it was made.

    Raises :class:`~apps.core.errors.Refusal` where the account is closed or the address cannot be read.
    """
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known is not None:
        if not known.is_active:
            raise Refusal(_("The account with this address is closed."), code="account_closed")
        return known, False
    try:
        return User.objects.create_user(email=email.strip(), name=name.strip()), True
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="bad_person") from error


def rename(*, user: User, name: str) -> None:
    """What others see of a person beside what they did."""
    user.name = name.strip()
    if not user.name:
        raise Refusal(_("A name needs at least a letter."), code="no_name")
    user.save(update_fields=["name"])


def check_password(*, user: User, password: str) -> None:
    """Raises :class:`WrongPassword`."""
    if not user.check_password(password):
        raise WrongPassword(_("This is not your present password."))


def change_password(*, user: User, present: str, new: str) -> None:
    """Another password; every session but the one that is kept on purpose ends.

    Raises :class:`WrongPassword` or :class:`WeakPassword`.
    """
    check_password(user=user, password=present)
    try:
        password_validation.validate_password(new, user)
    except ValidationError as error:
        raise WeakPassword(error.messages) from error
    user.set_password(new)
    user.save(update_fields=["password"])


def sign_out_elsewhere(*, user: User, present: str) -> None:
    """End every session but the one that is kept on purpose: the same password, hashed with another salt.

    Sessions carry a digest of the hash, so this ends them all at once and needs no list of them. Raises
    :class:`WrongPassword`.
    """
    check_password(user=user, password=present)
    user.set_password(present)
    user.save(update_fields=["password"])
