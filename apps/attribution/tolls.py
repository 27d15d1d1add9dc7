"""Tolls: "brings the number of dead to 57", "the death toll stood at 57", "raised to 57 the number of killed"."""

from __future__ import annotations

from dataclasses import dataclass

from apps.attribution.befalling import Befalling
from apps.attribution.counting import NOTHING, Count

REACH = 22
BACK = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A measure, empty for a total of what was counted before, and whether it is a toll that has grown.

    ``noun`` is the token of the counted where it stands elsewhere: "the number of dead rose to 57".
    """

    measure: str
    cumulative: bool = False
    noun: int | None = None


class Tolls:
    """Finds the toll that leads to a count. Every walk is bounded by ``REACH``."""

    def __init__(self, befalling: Befalling) -> None:
        self.befalling = befalling
        self.low = befalling.low
        self.words = befalling.words
        self.classes = befalling.classes
        self.idle = befalling.idle

    def of(self, count: Count) -> Found | None:
        """A toll that leads to the number: "brings the number of dead to 57", "the toll stood at 57"."""
        return self._right_before(count) or self._far_before(count) or self._behind(count)

    def _far_before(self, count: Count) -> Found | None:
        """ "Bringing the number of dead since the offensive began to 57"."""
        k = count.start - 1
        if k <= count.floor or self.low[k] not in ("to", "at"):
            return None
        for n in range(k - 1, max(count.floor, k - REACH), -1):
            word = self.low[n]
            if word in (",", ";", ":") or self.befalling.numerals.starts(n):
                return None
            if word in self.classes["tolls"]:
                verbs = {*self.low[max(count.floor, n - 3) : n], self.low[k - 1]}
                rising = bool(verbs & self.classes["rising"])
                return self._kind_of_toll(n, count, rising) if rising or verbs & {"put", "puts", "putting"} else None
        return None

    def _behind(self, count: Count) -> Found | None:
        """ "Raised to 47 the number of people killed"."""
        k = count.end + 1
        if count.sort != NOTHING or count.start <= count.floor or self.low[count.start - 1] not in ("to", "at"):
            return None
        k += k <= count.ceiling and self.low[k] == "the"
        k += k <= count.ceiling and self.low[k] == "death"
        if k > count.ceiling or self.low[k] not in self.classes["tolls"]:
            return None
        rising = any(
            self.low[n] in self.classes["rising"] for n in range(max(count.floor, count.start - 4), count.start)
        )
        return self._kind_of_toll(k, count, rising)

    def _right_before(self, count: Count) -> Found | None:
        k = count.start - 1
        linked = rising = False
        for _ in range(BACK):
            if k < count.floor:
                return None
            word = self.low[k]
            if word in self.classes["tolls"]:
                return self._kind_of_toll(k, count, rising) if linked else None
            if linked and (found := self.befalling.named(k)) is not None and not self._is_of_toll(k, count):
                return Found(found, rising) if word.endswith(("s", "ed", "dead")) and rising else None
            if word in self.classes["standing"] or word in self.classes["rising"]:
                linked = True
                rising = rising or word in self.classes["rising"]
            elif not (
                word in self.idle or word in self.classes["own"] or self.befalling.named(k) or word in self.words.people
            ):
                return None
            k -= 1
        return None

    def _is_of_toll(self, k: int, count: Count) -> bool:
        return any(self.low[n] in self.classes["tolls"] for n in range(max(count.floor, k - 4), k))

    def _kind_of_toll(self, k: int, count: Count, rising: bool) -> Found:
        """The toll ``k`` with what it counts behind it ("number of people killed") or before it ("death toll")."""
        first = max(count.floor, k - 2)
        rising = rising or any(self.low[n] in self.classes["rising"] for n in range(max(count.floor, k - 4), k))
        last = count.start if k < count.start else min(count.ceiling, k + 6) + 1
        for n in (*range(k + 1, last), *range(k - 1, first - 1, -1)):
            if (found := self.befalling.named(n)) is not None:
                return Found(found, rising, self._of_whom(k, n))
        return Found("killed" if self.low[k] == "toll" else "", rising)

    def _of_whom(self, toll: int, named: int) -> int | None:
        """The noun of "number of people killed" or "number of dead", if there is one."""
        people = next((n for n in range(toll + 1, named + 1) if self.low[n] in self.words.people), None)
        nominal = named > toll and self.low[named] in self.classes["nominal"]
        return people if people is not None else named if nominal else None
