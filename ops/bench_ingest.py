"""`make bench-ingest`: the benchmark of ingestion in a database and a storage of its own, thrown away afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.cluster import Cluster
from ops.paths import ROOT


@contextmanager
def elsewhere() -> Iterator[None]:
    """What is started here leaves the last processor to the pipeline, which is held to it, where there are several."""
    if not hasattr(os, "sched_setaffinity") or len(all_of_them := os.sched_getaffinity(0)) == 1:
        yield
        return
    os.sched_setaffinity(0, all_of_them - {max(all_of_them)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="counterclaim-bench-"))
    folder.chmod(0o711)
    # As durable as in production: what is not made safe would be fast for nothing.
    cluster = Cluster(folder / "postgres", settings={"shared_buffers": "1GB", "maintenance_work_mem": "512MB"})
    try:
        with elsewhere():
            cluster.start()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "COUNTERCLAIM_DATA": str(folder),
            "DATABASE_URL": cluster.url(),
            "EVIDENCE_ROOT": str(folder / "evidence"),
            # No worker listens here: wake-ups go nowhere, at the price of a message.
            "CELERY_BROKER_URL": "memory://",
            "LOG_LEVEL": "ERROR",
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
        return subprocess.run(
            [*manage, "bench_ingest", *sys.argv[1:]], cwd=ROOT, env=environment, check=False
        ).returncode
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
