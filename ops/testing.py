"""`make test`: the whole suite, in parallel, on a database made for it and thrown away.

    python -m ops.testing [pytest arguments]

With arguments only what they select runs, and coverage is not measured. DATABASE_URL, if set, names a server to use
instead. REQUIRE_BROWSER=1 makes a missing browser an error; otherwise its tests are skipped, and that is said.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.browser import find_or_install
from ops.cluster import UNSAFE_BUT_FAST, Cluster
from ops.paths import ROOT, CannotGoOnError
from ops.servers import Database, named_database

WHOLE_SUITE = ["-n", "auto", "--dist", "worksteal", "--cov", "--cov-report=term"]


@contextmanager
def throwaway_database() -> Iterator[Database]:
    """The database that the environment names, else a new cluster that is deleted afterwards."""
    if named := named_database():
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="counterclaim-test-"))
    folder.chmod(0o711)  # the server may run as another account
    cluster = Cluster(folder / "postgres", settings={**UNSAFE_BUT_FAST, "max_connections": "200"})
    try:
        cluster.start()
        yield Database(cluster.url(), embedded=True)
    finally:
        cluster.remove()
        folder.rmdir()


def run(arguments: list[str]) -> int:
    """Run pytest; its exit status. CannotGoOnError if a browser is required and there is none."""
    browser, why = find_or_install()
    if browser is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            raise CannotGoOnError(f"The browser tests are required, but {why}.")
        print(f"The browser tests will be skipped: {why}.", flush=True)
    with throwaway_database() as database:
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "COUNTERCLAIM_CHROMIUM": browser or "",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }
        environment.pop("DATABASE_URL_FILE", None)
        command = [sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if browser is None:
        print(f"The browser tests were skipped: {why}.", flush=True)
    return status


def main() -> int:
    # So that the database is thrown away on a `kill`, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(sys.argv[1:])
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
