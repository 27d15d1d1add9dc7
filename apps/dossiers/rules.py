"""Who may do what in a dossier. Pure."""

from __future__ import annotations

from enum import StrEnum


class Power(StrEnum):
    """What a role allows."""

    READ = "read"
    ADD = "add"
    REVIEW = "review"
    CHECK = "check"
    MANAGE = "manage"


RANK = {"reader": 0, "analyst": 1, "editor": 2, "manager": 3}
NEEDED = {
    Power.READ: "reader",
    Power.ADD: "analyst",
    Power.REVIEW: "analyst",
    Power.CHECK: "editor",
    Power.MANAGE: "manager",
}


def allows(role: str | None, power: Power) -> bool:
    """Each role may also do what those before it may; who has none may do nothing."""
    return role is not None and RANK[role] >= RANK[NEEDED[power]]
