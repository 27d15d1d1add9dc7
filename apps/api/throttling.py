"""How often may be asked: generously, and per key, so that one program does not slow its owner's others."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.accounts.models import Key


class PerKeyThrottle(SimpleRateThrottle):
    """Counts requests by key, or by person where somebody asks from a browser."""

    scope = "api"

    def get_cache_key(self, request: Request, view: object) -> str:
        # Who is neither was refused before anything was counted.
        who = f"key-{request.auth.pk}" if isinstance(request.auth, Key) else f"person-{request.user.pk}"
        return self.cache_format % {"scope": self.scope, "ident": who}
