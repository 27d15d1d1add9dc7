"""Whom a server runs as. PostgreSQL refuses to run as root, so root lends it an account that already exists."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.paths import CannotGoOnError


@dataclass(frozen=True)
class Account:
    """A user of this machine; `borrowed` when it is not the one this program runs as."""

    uid: int
    gid: int
    borrowed: bool

    def spawn_arguments(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def reaches(self, path: Path) -> bool:
        """Whether this account may pass through every folder down to path (those that exist)."""
        return all(self._may_enter(step) for step in (path, *path.parents) if step.exists())

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def unprivileged() -> Account:
    """This program's own account, or, as root, `postgres` or `nobody`. No account is made or changed."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, borrowed=True)
    raise CannotGoOnError("PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody.")
