"""Keys: made once, shown once, revoked by their owner."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.accounts import rules
from apps.accounts.models import Key, User
from apps.core.errors import Denied

USED_EVERY = timedelta(minutes=1)


def make_key(*, owner: User, name: str, scope: str, at: datetime, expires: datetime | None = None) -> tuple[Key, str]:
    """Returns the row and the secret, which is never to be had again."""
    prefix = secrets.token_hex(6)
    secret = f"cc_{prefix}_{secrets.token_urlsafe(32)}"
    key = Key.objects.create(
        owner=owner,
        name=name,
        scope=scope,
        prefix=prefix,
        digest=rules.digest(secret),
        created=at,
        expires=expires,
    )
    return key, secret


def revoke_key(*, key: Key, by: User, at: datetime) -> None:
    """Only its owner revokes a key; doing so twice keeps the first time."""
    if key.owner_id != by.pk:
        raise Denied(_("Only the owner of a key can revoke it."))
    Key.objects.filter(pk=key.pk, revoked__isnull=True).update(revoked=at)


def use_key(*, secret: str, at: datetime) -> Key | None:
    """The live key behind a secret, or ``None``. Notes its use at most once a minute."""
    prefix = rules.split(secret)
    if prefix is None:
        return None
    key = Key.objects.live(at).select_related("owner").filter(prefix=prefix, owner__is_active=True).first()
    if key is None or not rules.matches(secret, bytes(key.digest)):
        return None
    if key.last_used is None or at - key.last_used > USED_EVERY:
        Key.objects.filter(pk=key.pk).update(last_used=at)
    return key
