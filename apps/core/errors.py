"""How the domain says no: with a reason code for programs and a sentence for people."""

from __future__ import annotations


class Refusal(Exception):
    """An expected failure. ``code`` is stable and in snake_case; ``reason`` is a translated sentence.

    Interfaces turn it into a message or an ``application/problem+json`` document with ``status``.
    """

    status = 422
    code = "refused"
    intake_id = ""
    """The row that keeps what was refused, where one does."""

    def __init__(self, reason: object, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return str(self.reason)


class Denied(Refusal):
    """This person may not do this; ``reason`` says why."""

    status = 403
    code = "not_permitted"


class Conflict(Refusal):
    """Somebody else acted first, or the thing is not in the state the action needs."""

    status = 409
    code = "conflict"
