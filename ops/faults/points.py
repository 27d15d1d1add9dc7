"""Where a process can be hit: before and after each commit, named by its role, what it is doing, and which of our
functions commits.

Orders are files in a folder that the harness writes to; their names say who is meant. A process that meets one takes it
by renaming it, so that one process is hit by one order, writes down where it was, and does to itself what it says.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Self

from ops.paths import ROOT

ANY: Final = "any"
ACTIONS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_SEPARATOR: Final = "~"
_OURS: Final = str(ROOT / "apps")


@dataclass(frozen=True)
class Place:
    """``role`` is worker or web; ``what`` a task or a request; ``commit`` the function that commits, and the one that
    called it; ``when`` is before or after it.
    """

    role: str
    what: str
    commit: str
    when: str

    def __str__(self) -> str:
        return _SEPARATOR.join((self.role, self.what, self.commit, self.when))

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(*text.split(_SEPARATOR)[:4])

    def meant_by(self, order: Place) -> bool:
        """An order may leave any of them open, and name one of the two functions alone."""
        pairs = ((order.role, self.role), (order.what, self.what), (order.when, self.when))
        commits = (ANY, self.commit, *self.commit.split("@"))
        return order.commit in commits and all(wanted in (ANY, found) for wanted, found in pairs)


class Orders:
    """The folder that both sides share: what is ordered, what was done, which places there are."""

    def __init__(self, root: Path) -> None:
        self.waiting, self.done, self.seen = root / "waiting", root / "done", root / "seen"
        self.full = root / "full"

    def make(self) -> None:
        for folder in (self.waiting, self.done, self.seen):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o777)

    def give(self, number: int, action: str, place: Place) -> Path:
        order = self.waiting / _SEPARATOR.join((f"{number:05d}", action, str(place)))
        order.touch()
        return order

    def meet(self, here: Place) -> str | None:
        """What is ordered of who is here, once; this process has taken the order then."""
        for name in os.listdir(self.waiting):  # noqa: PTH208 (at each commit: as cheap as can be)
            number, action, place = name.split(_SEPARATOR, 2)
            if here.meant_by(Place.read(place)):
                with suppress(FileNotFoundError):  # another process was faster
                    taken = self.done / _SEPARATOR.join((number, str(os.getpid()), str(here)))
                    (self.waiting / name).rename(taken)
                    return action
        return None

    def taken(self, order: Path) -> tuple[Place, int] | None:
        """Where an order was met, and by which process; ``None`` as long as it was not."""
        for met in self.done.glob(f"{order.name.split(_SEPARATOR, 1)[0]}{_SEPARATOR}*"):
            _number, pid, place = met.name.split(_SEPARATOR, 2)
            return Place.read(place), int(pid)
        return None

    def places(self) -> list[Place]:
        """Every place that any process has come by so far."""
        return sorted((Place.read(path.name) for path in self.seen.iterdir()), key=str)


class _Doing(threading.local):
    what = "beside"


_doing = _Doing()
_noted: set[Place] = set()


def begin(what: str) -> None:
    """This thread begins with something."""
    _doing.what = what


def reach(when: str) -> None:
    """This thread is at a place; it may be its last."""
    folder = os.environ.get("FAULTS_ORDERS")
    if not folder:
        return
    here = Place(os.environ.get("FAULTS_ROLE", ANY), _doing.what, _who_commits(), when)
    orders = Orders(Path(folder))
    if here not in _noted:
        _noted.add(here)
        with suppress(OSError):
            (orders.seen / str(here)).touch()
    if action := orders.meet(here):
        os.kill(os.getpid(), ACTIONS[action])


def _who_commits() -> str:
    """The two innermost of our own functions, as ``module.function``: the inner alone may end any step."""
    names: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(names) < 2:
        path, _, module = frame.f_code.co_filename.rpartition("/")
        if path.startswith(_OURS):
            names.append(f"{module.removesuffix('.py')}.{frame.f_code.co_name}")
        frame = frame.f_back
    return "@".join(names) or "elsewhere"
