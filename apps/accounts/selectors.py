"""Reads about people: what the ledger's opaque actors are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.accounts.models import Key, User


@dataclass(frozen=True)
class Named:
    """An actor in words. ``how`` is the key's name where a program acted; ``machine`` the part of the machine."""

    name: str = ""
    how: str = ""
    machine: str = ""


def named(refs: Iterable[str]) -> dict[str, Named]:
    """What ``Actor.ref`` stands for, by ref; an unknown one is left as it is. Two queries."""
    wanted = set(refs)
    people = dict(User.objects.filter(pk__in=_ids(wanted, "person")).values_list("pk", "name"))
    keys = {key.pk: key for key in Key.objects.filter(pk__in=_ids(wanted, "key")).select_related("owner")}
    found: dict[str, Named] = {}
    for ref in wanted:
        kind, _colon, rest = ref.partition(":")
        number = int(rest) if rest.isdecimal() else 0
        if kind == "person" and number in people:
            found[ref] = Named(name=people[number])
        elif kind == "key" and number in keys:
            found[ref] = Named(name=keys[number].owner.name, how=keys[number].name)
        else:
            found[ref] = Named(machine=rest if kind == "machine" else ref)
    return found


def _ids(refs: Iterable[str], kind: str) -> list[int]:
    start = f"{kind}:"
    return [
        int(ref.removeprefix(start)) for ref in refs if ref.startswith(start) and ref.removeprefix(start).isdecimal()
    ]
