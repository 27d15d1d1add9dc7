"""Which database and broker a command talks to: those the environment names, else the embedded ones in .data/."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.cluster import Cluster
from ops.paths import DATA


@dataclass(frozen=True)
class Database:
    """A database's address, and whether it is the embedded one."""

    url: str
    embedded: bool


def embedded_cluster(data: Path = DATA) -> Cluster:
    """The cluster in a data folder."""
    return Cluster(data / "postgres")


def named_database() -> Database | None:
    """The database that DATABASE_URL or DATABASE_URL_FILE names, if one does."""
    if file := os.environ.get("DATABASE_URL_FILE"):
        return Database(Path(file).read_text().strip(), embedded=False)
    if url := os.environ.get("DATABASE_URL"):
        return Database(url, embedded=False)
    return None


@contextmanager
def database(data: Path = DATA) -> Iterator[Database]:
    """The database, running. An embedded one is started if it was not, and then stopped again afterwards."""
    if named := named_database():
        yield named
        return
    cluster = embedded_cluster(data)
    was_running = cluster.running()
    cluster.start()
    try:
        yield Database(cluster.url(), embedded=True)
    finally:
        if not was_running:
            cluster.stop()
