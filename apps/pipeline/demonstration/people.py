"""Those who sign in to the demonstration, and the note that says how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from apps.accounts.models import Key, User
from apps.accounts.services import make_key, revoke_key
from demo import data
from demo.shapes import Person

PASSWORD = "counterclaim-demo"  # noqa: S105 - fixed and shown: these people are for a machine that nobody else reaches
KEY_NAME = "Demo"


def people() -> dict[str, User]:
    """The demo people by their key, made if they are missing."""
    found = {}
    for person in data.people():
        user = User.objects.filter(email__iexact=person.email).first()
        found[person.key] = user or User.objects.create_user(email=person.email, name=person.name, password=PASSWORD)
    return found


def manager(users: Mapping[str, User]) -> User:
    return users[_first("manager").key]


def _first(role: str) -> Person:
    return next(person for person in data.people() if person.role == role)


def write_signins(file: Path, users: Mapping[str, User], *, at: datetime) -> None:
    """Write how to sign in, with a fresh API key, unless the file is there."""
    if file.exists():
        return
    owner = users[_first("analyst").key]
    for key in Key.objects.filter(owner=owner, name=KEY_NAME, revoked__isnull=True):
        revoke_key(key=key, by=owner, at=at)  # its secret was in a note that is gone
    _key, secret = make_key(owner=owner, name=KEY_NAME, scope=Key.Scope.ADD, at=at)
    lines = ["Sign in as any of these people of the demo:"]
    lines += [f"  {person.role:<8}  {person.email}" for person in data.people()]
    lines += [f"The password of each is {PASSWORD}", "", f"An API key of {owner.name}:", f"  {secret}", ""]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("\n".join(lines), encoding="utf-8")
