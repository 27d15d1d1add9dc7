"""How often may be asked: generously, and per key, so that one program does not slow its owner's others."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.accounts.models import Key


class PerKeyThrottle(SimpleRateThrottle):
    """Counts requests by key, or by person where somebody asks from a browser."""

    scope = "api"

    def get_cache_key(self, request: Request, view: object) -> str | None:
        if isinstance(request.auth, Key):
            who = f"key-{request.auth.pk}"
        elif request.user.is_authenticated:
            who = f"person-{request.user.pk}"
        else:
            return None  # refused anyway
        return self.cache_format % {"scope": self.scope, "ident": who}
