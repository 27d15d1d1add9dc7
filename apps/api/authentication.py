"""Keys in the ``Authorization`` header, for programs that act for their owner."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.models import Actor, Key, User
from apps.accounts.services import use_key

SCHEMES = (b"bearer", b"api-key")


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer cc_...`` (RFC 6750) or ``Authorization: Api-Key cc_...``; ``request.auth`` is the key."""

    def authenticate(self, request: Request) -> tuple[User, Key] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in SCHEMES:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("The header names a scheme and one key, with a space between them."))
        try:
            secret = words[1].decode("ascii")
        except UnicodeDecodeError as error:
            raise AuthenticationFailed(_("This is not one of our keys.")) from error
        key = use_key(secret=secret, at=timezone.now())
        if key is None:
            raise AuthenticationFailed(_("This key is unknown, has ended or was revoked."))
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself by being defined
    """How the document describes the keys."""

    target_class = "apps.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cc_…",
            "description": "A key that you made on your account's page.",
        }


def actor(request: Request) -> Actor:
    """Who acts: the key's owner by key, or the person signed in."""
    assert isinstance(request.user, User)
    return Actor.person(request.user, request.auth if isinstance(request.auth, Key) else None)
