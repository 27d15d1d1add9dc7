"""The shape of the bar at the head of each page; a context processor fills it, `components/bar.html` draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BarLink:
    """A place to go. ``count`` is how many wait there for this person, ``key`` the letter that leads there."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Bar:
    """Where am I, what waits for me, find anything.

    ``title`` names the dossier, or is empty outside of one; ``find_url`` takes ``?q=`` and is empty outside of one.
    """

    title: str = ""
    dossiers: tuple[BarLink, ...] = ()
    nav: tuple[BarLink, ...] = ()
    find_url: str = ""
    find_words: str = ""
    account: tuple[BarLink, ...] = ()
    sign_out_url: str = ""
    person: str = ""
    initials: str = ""
    role: str = ""


def initials(name: str) -> str:
    """At most two capitals for a person's avatar: "Lena Analyst" is "LA", "lena" is "L"."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()
