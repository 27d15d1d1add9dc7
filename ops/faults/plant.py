"""The whole application, running to be broken: database, broker, web server, workers and beat, each started again
whenever it ends.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from ops.cluster import Cluster
from ops.faults.brokers import breakable
from ops.faults.points import Orders
from ops.paths import ROOT, CannotGoOnError

BIN = Path(sys.executable).parent
WORKERS = ("worker-1", "worker-2")
SANDBOX = "apps.articles.sandbox"


class Plant:
    """``start`` it, break it, ``stop`` it. Everything it keeps is in ``folder``, which is deleted at the end."""

    def __init__(self, *, broker: str, control: str, extractor: str, lease: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="counterclaim-faults-"))
        self.folder.chmod(0o711)
        self.orders = Orders(self.folder / "orders")
        self.orders.make()
        self.cluster = Cluster(self.folder / "postgres", settings={"max_connections": "120"})
        self._prefix = f"faults-{secrets.token_hex(4)}-"
        self.broker = breakable(broker, folder=self.folder / "valkey", prefix=self._prefix)
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.restarts = 0
        self._control = control
        self._extractor = extractor
        self._lease = lease
        self._outlet = ""
        self._clock: dict[str, float] = {}
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._keeping = threading.Event()
        self._held = threading.Lock()
        self._looking = threading.Lock()
        self._looked = 0.0
        self._found = 0
        self._log = (self.folder / "log").open("ab")

    def start(self, *, outlet: str, slugs: list[str]) -> dict[str, Any]:
        """Up to the first healthy answer; what ``inside.prepare`` says. Raises ``CannotGoOnError``."""
        self._outlet = outlet
        self.cluster.start()
        self.broker.start()
        prepared: dict[str, Any] = self.inside("prepare", slugs)
        for name in ("web", "beat", *WORKERS):
            self._launch(name)
        threading.Thread(target=self._keep, daemon=True).start()
        self.until(self._healthy, "the web server", seconds=60)
        return prepared

    def inside(self, what: str, told: object) -> Any:
        """What ``ops.faults.inside`` says to ``told``."""
        return json.loads(self._run("-m", "ops.faults.inside", what, told=json.dumps(told)))

    def on_their_way(self, *, at_most: float = 0.3) -> int:
        """How many articles are, as of so many seconds ago at most; a great many if the database does not say."""
        with self._looking:
            if time.monotonic() - self._looked > at_most:
                found = self._ask("SELECT count(*) FROM articles_intake WHERE state IN ('ready', 'running')")
                self._looked, self._found = time.monotonic(), 10**6 if found is None else found
            return self._found

    def items_in(self, slug: str) -> bool:
        """Whether each feed of a dossier was read."""
        unread = self._ask(
            "SELECT count(*) FROM articles_feed JOIN dossiers_dossier ON dossiers_dossier.id = dossier_id "
            "WHERE slug = %s AND last_success IS NULL",
            slug,
        )
        return unread == 0

    def _ask(self, query: LiteralString, *values: str) -> int | None:
        try:
            with psycopg.connect(self.cluster.url(), connect_timeout=3) as connection:
                row = connection.execute(query, values).fetchone()
        except psycopg.OperationalError:
            return None
        return int(row[0]) if row else None

    def until(self, done: Callable[[], bool], what: str, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise CannotGoOnError(f"Waited in vain for {what}.\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self) -> str:
        self._log.flush()
        return "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-60:])

    def kill(self, name: str) -> None:
        """End a program with -9, and all that it has started."""
        program = self._programs[name]
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def restart_with_clock(self, name: str, *, hours: float) -> None:
        """Have a worker live in another hour."""
        self._clock[name] = hours
        self.kill(name)

    def restart_database(self) -> None:
        """As after a crash: no connection is told, no page is written out."""
        pid = self.cluster.pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        with suppress(psutil.Error):
            psutil.Process(pid).wait(30)
        self.cluster.start()

    def stop(self) -> None:
        """End everything. The folder goes, too."""
        self._keeping.set()
        with self._held:
            for program in self._programs.values():
                with suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
                program.wait()
        self.broker.remove()
        self.cluster.remove()
        self._log.close()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def _keep(self) -> None:
        while not self._keeping.wait(0.1):
            with self._held:
                for name, program in list(self._programs.items()):
                    if program.poll() is not None and not self._keeping.is_set():
                        with suppress(ProcessLookupError):
                            os.killpg(program.pid, signal.SIGKILL)
                        self.restarts += 1
                        self._launch(name)

    def _launch(self, name: str) -> None:
        role = name.partition("-")[0]
        environment = {**self._environment(), "FAULTS_ROLE": role}
        if self._clock.get(name):
            environment["FAULTS_CLOCK_HOURS"] = str(self._clock[name])
        command = [*self._commands()[role], *(("-n", f"{name}@%h") if role == "worker" else ())]
        self._programs[name] = subprocess.Popen(
            [sys.executable, "-m", "ops.bound", str(os.getpid()), *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def _commands(self) -> Mapping[str, list[str]]:
        celery = [str(BIN / "celery"), "--quiet", "-A", "config.celery:app"]
        return {
            "web": [
                *(str(BIN / "granian"), "--interface", "wsgi", "config.wsgi:application", "--no-ws"),
                *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "2", "--blocking-threads", "4"),
                *("--log-level", "warning", "--respawn-failed-workers"),
            ],
            "beat": [*celery, "beat", "--loglevel=WARNING", "-s", str(self.folder / "beat"), "--pidfile="],
            "worker": [*celery, "worker", "--concurrency=2", "--loglevel=WARNING", "--without-gossip",
                       "--without-mingle", "--without-heartbeat"],
        }  # fmt: skip

    def _environment(self) -> dict[str, str]:
        # Who is killed has nothing to say of the lines it went through, and is slower while these are counted.
        uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        return {
            **uncounted,
            "DJANGO_SETTINGS_MODULE": "ops.faults.settings",
            "COUNTERCLAIM_DATA": str(self.folder),
            "COUNTERCLAIM_EXTRACTOR": self._extractor,
            "DATABASE_URL": self.cluster.url(),
            "CELERY_BROKER_URL": self.broker.url,
            "QUEUE_PREFIX": self._prefix,
            "EVIDENCE_ROOT": str(self.folder / "evidence"),
            "STATIC_ROOT": str(self.folder / "static"),
            "FETCH_EXEMPT_ORIGIN": self._outlet,
            "FAULTS_ORDERS": str(self.orders.waiting.parent),
            "FAULTS_CONTROL": self._control,
            "FAULTS_LEASE": str(self._lease),
            "API_RATE": "1000000/min",
            "PYTHONWARNINGS": "ignore",
        }

    def _run(self, *arguments: str, told: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment(),
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotGoOnError(f"`{' '.join(arguments)}` failed:\n{done.stderr[-4000:]}")
        return done.stdout

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:  # noqa: S310 (our own)
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def parsers_of(pid: int) -> list[psutil.Process]:
    """The children in which a process reads the bytes of strangers."""
    with suppress(psutil.Error):
        return [child for child in psutil.Process(pid).children() if any(SANDBOX in part for part in child.cmdline())]
    return []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
