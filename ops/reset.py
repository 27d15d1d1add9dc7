"""`make reset`: delete the embedded database, the evidence and everything else in .data/. FORCE=1 does not ask."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

from ops.paths import DATA, CannotGoOnError
from ops.servers import embedded_cluster


def require_not_running(data: Path = DATA) -> None:
    """Raises CannotGoOnError if `make run` is at work in the data folder."""
    lock = data / "run.lock"
    if not lock.exists():
        return
    with lock.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotGoOnError("Counterclaim is running from this folder: stop it first, with Ctrl-C.") from None


def reset(data: Path = DATA) -> None:
    """Delete it all. Servers that the environment names are not touched."""
    require_not_running(data)
    if data.exists():
        embedded_cluster(data).remove()
        shutil.rmtree(data)


def main() -> int:
    if os.environ.get("FORCE") != "1":
        print(f"This deletes the database, the evidence and everything else in {DATA}, for good.")
        if not sys.stdin.isatty() or input("Type yes to go on: ").strip() != "yes":
            print("Nothing was deleted. (FORCE=1 make reset does not ask.)")
            return 1
    try:
        reset()
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        return 1
    print("Everything was deleted; `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
