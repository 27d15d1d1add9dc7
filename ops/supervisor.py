"""`make run`: the whole application on this machine, in one terminal, until Ctrl-C.

    PORT          where the site is served (8000)
    DEMO          0 starts without the demo
    DEMO_PORT     where the demo's articles are served (8765)

DATABASE_URL and CELERY_BROKER_URL, if set, name servers to use instead of the embedded ones.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ops.broker import Broker
from ops.cluster import Cluster
from ops.paths import DATA, ROOT, CannotGoOnError
from ops.processes import Process, note, stop_leftovers
from ops.servers import embedded_cluster, named_database

HOST = "127.0.0.1"
STOP_ORDER = ("beat", "web", "worker", "demo", "broker")
"""What makes work first, what does it next, what remembers it last. The database follows."""


DATABASE_LOOK_SECONDS = 5


class Stopped(Exception):
    """Somebody asked for an end while something was still starting."""


class Supervisor:
    """Starts everything in order, keeps it running, and stops it in order. One per data folder."""

    def __init__(self, *, data: Path = DATA, port: int, demo_port: int | None) -> None:
        self.data = data
        self.port = port
        self.demo_port = demo_port
        self.address = f"http://{HOST}:{port}/"
        self.began = time.monotonic()
        self.signals = 0
        self.stopping = threading.Event()
        self.processes: dict[str, Process] = {}
        self.steps: list[subprocess.Popen[bytes]] = []
        self.cluster: Cluster | None = None
        self.broker: Broker | None = None
        self.environment: dict[str, str] = {}
        self.first_demo = False

    def run(self) -> int:
        """Everything, until a signal or a program that will not stay up. Returns the exit status."""
        self.data.mkdir(parents=True, exist_ok=True)
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Who started this with nohup wants it to outlive the terminal.
            if wanted != signal.SIGHUP or signal.getsignal(wanted) is not signal.SIG_IGN:
                signal.signal(wanted, self._on_signal)
        with self._only_copy():
            if left := stop_leftovers(self._notes):
                self.say("run", f"stopped {left} processes that a killed copy had left behind")
            require_free_port(self.port, variable="PORT")
            if self.demo_port:
                require_free_port(self.demo_port, variable="DEMO_PORT")
            try:
                self._start_everything()
                self._greet()
                return self._watch()
            except Stopped:
                return 0
            finally:
                self._stop_everything()

    def say(self, name: str, text: str) -> None:
        """Print a line under a name. A terminal that has gone away must not keep anything from being stopped."""
        with contextlib.suppress(OSError):
            print(f"{name:>8} | {text}", flush=True)

    def _start_everything(self) -> None:
        self._start_database()
        self._start_broker()
        self.environment = self._child_environment()
        write_environment(self.data / "env", self.environment)
        collecting = self._manage_in_background("collectstatic", "--noinput", "--verbosity=0")
        self._manage("migrate", "--noinput", "--verbosity=0")
        self._until(lambda: collecting.poll() is not None, seconds=120, what="Collecting static files")
        if collecting.returncode:
            raise CannotGoOnError("The static files could not be collected; the reason is above.")
        self._progress("database migrated, static files collected")
        python = sys.executable
        programs = Path(python).parent
        if port := self.demo_port:
            self._start("demo", lambda: [python, "-m", "demo.site", "--port", str(port)])
            self._until(lambda: listens(port), seconds=30, what="The demo site", name="demo")
        celery = [str(programs / "celery"), "--quiet", "-A", "config.celery:app"]
        level = self.environment["LOG_LEVEL"]
        self._start(
            "worker",
            lambda: [
                *celery,
                "worker",
                "--concurrency=2",
                f"--loglevel={level}",
                "--without-gossip",
                "--without-mingle",
            ],
            grace=30,
        )
        self._start(
            "beat", lambda: [*celery, "beat", f"--loglevel={level}", "-s", str(self.data / "beat"), "--pidfile="]
        )
        self._start(
            "web",
            lambda: [
                *(str(programs / "granian"), "--interface", "wsgi", "config.wsgi:application", "--no-ws"),
                *("--host", HOST, "--port", str(self.port), "--workers", "1", "--blocking-threads", "4"),
                *("--log-level", "warning", "--workers-kill-timeout", "8"),
            ],
        )
        self._until(self._healthy, seconds=60, what="The web server", name="web")
        if self.demo_port:
            self.first_demo = not self._signins.exists()
            self._manage("load_demo", "--yes")
            self._progress("demo dossiers loaded")
            # What the demo people decided follows when the articles are in; nobody need wait for it.
            self._manage_in_background("load_demo", "--yes", "--review")

    def _start_database(self) -> None:
        if named_database():
            return
        self.cluster = embedded_cluster(self.data)
        self.cluster.start()
        self._progress("PostgreSQL started")

    def _start_broker(self) -> None:
        if os.environ.get("CELERY_BROKER_URL"):
            return
        self.broker = Broker(self.data / "valkey")
        self._start("broker", self.broker.command)
        self._until(self.broker.ready, seconds=30, what=f"Valkey, whose log is {self.broker.log},", name="broker")
        self._progress("Valkey started")

    def _child_environment(self) -> dict[str, str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        environment.setdefault("LOG_LEVEL", "WARNING")
        # Root is as good as anyone on a machine that only shows the demo; Celery says otherwise at each start.
        environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
        # Browsers find every name below localhost on this machine by themselves.
        environment.setdefault("PAGES_ORIGIN", f"http://pages.localhost:{self.port}")
        environment.setdefault("APP_ORIGIN", self.address.rstrip("/"))
        environment["FETCH_EXEMPT_ORIGIN"] = f"http://{HOST}:{self.demo_port}" if self.demo_port else ""
        if self.cluster:
            environment["DATABASE_URL"] = self.cluster.url()
        if self.broker:
            environment["CELERY_BROKER_URL"] = self.broker.url()
        return environment

    def _greet(self) -> None:
        note(self.processes.values(), self._notes)
        lines = ["", f"Counterclaim is at {self.address}", ""]
        if self._signins.exists():
            lines += [self._signins.read_text().rstrip(), ""]
        if self.first_demo:
            lines += [
                "The demo's people are going through its articles; each dossier is named here once they are done."
            ]
        lines += [
            f"Up in {time.monotonic() - self.began:.0f} seconds. Ctrl-C stops it; what you did is kept in {self.data}."
        ]
        print(*lines, sep="\n", flush=True)

    def _watch(self) -> int:
        last_look = time.monotonic()
        while not self.stopping.wait(0.5):
            for process in self.processes.values():
                status = process.exit_status()
                if status is None:
                    continue
                if process.failed_too_often():
                    self.say(process.name, f"ended with {status} again and again; stopping")
                    return 1
                self.say(process.name, f"ended with {status}; starting it again")
                self.stopping.wait(1)
                process.start(self.say)
                note(self.processes.values(), self._notes)
            if self.cluster and time.monotonic() - last_look > DATABASE_LOOK_SECONDS:
                last_look = time.monotonic()
                if not self.cluster.running():
                    self.say("database", "does not answer; starting it again")
                    self.cluster.start()
        return 0

    def _stop_everything(self) -> None:
        self.say("run", "stopping")
        for step in self.steps:
            step.terminate()
            step.wait()
        for name in STOP_ORDER:
            if process := self.processes.get(name):
                process.stop(self.say, at_once=self.signals > 1)
        if self.cluster:
            self.cluster.stop()
        self._notes.unlink(missing_ok=True)
        (self.data / "env").unlink(missing_ok=True)
        self.say("run", "everything has stopped")

    def _start(self, name: str, command: Callable[[], list[str]], *, grace: float = 10) -> None:
        process = Process(name, command, self.environment or os.environ.copy(), grace=grace)
        self.processes[name] = process
        process.start(self.say)
        note(self.processes.values(), self._notes)

    def _manage_in_background(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ops.bound", str(os.getpid()), sys.executable, str(ROOT / "manage.py")]
        step = subprocess.Popen([*command, *arguments], env=self.environment, start_new_session=True)
        self.steps.append(step)
        return step

    def _manage(self, *arguments: str) -> None:
        running = self._manage_in_background(*arguments)
        self._until(lambda: running.poll() is not None, seconds=600, what=f"manage.py {arguments[0]}")
        if running.returncode:
            raise CannotGoOnError(f"`manage.py {arguments[0]}` failed with {running.returncode}; the reason is above.")

    def _until(self, done: Callable[[], bool], *, seconds: float, what: str, name: str | None = None) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if self.stopping.wait(0.05):
                raise Stopped
            if name and (status := self.processes[name].exit_status()) is not None:
                time.sleep(0.2)  # let its last words through
                raise CannotGoOnError(f"{what} ended with {status} instead of starting; the reason is above.")
            if time.monotonic() > deadline:
                raise CannotGoOnError(f"{what} was not there after {seconds:.0f} seconds.")

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}healthz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _progress(self, text: str) -> None:
        self.say("run", f"{time.monotonic() - self.began:5.1f} s  {text}")

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.signals += 1
        self.stopping.set()

    @property
    def _signins(self) -> Path:
        return self.data / "signins.txt"

    @property
    def _notes(self) -> Path:
        return self.data / "processes.json"

    @contextmanager
    def _only_copy(self) -> Iterator[None]:
        with (self.data / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise CannotGoOnError(
                    f"Counterclaim is already running from this folder: {lock.read().strip() or 'just starting'}. "
                    "Stop that copy with Ctrl-C in its terminal first."
                ) from None
            lock.truncate(0)
            lock.write(f"{self.address}, process {os.getpid()}")
            lock.flush()
            yield
            lock.truncate(0)


def require_free_port(port: int, *, variable: str) -> None:
    """Raises CannotGoOnError, naming the way out, if something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            reason = f"Port {port} needs the rights of the administrator."
        except OSError:
            reason = f"Port {port} is taken by another program."
        else:
            return
    raise CannotGoOnError(f"{reason} Choose another: {variable}={port + 1 if port >= 1024 else 8000} make run")


def listens(port: int) -> bool:
    """Whether something accepts connections on the port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def write_environment(file: Path, environment: Mapping[str, str]) -> None:
    """Note where the servers are, so that `manage.py` in another terminal finds them."""
    names = ("DATABASE_URL", "CELERY_BROKER_URL", "FETCH_EXEMPT_ORIGIN")
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}='{environment[name]}'\n" for name in names if name in environment))


def port_named(variable: str, default: int) -> int:
    """The port number in the environment variable; CannotGoOnError if it is none."""
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotGoOnError(f"{variable} must be a port number between 1 and 65535, not {text!r}.")
    return int(text)


def main() -> int:
    try:
        demo_port = None if os.environ.get("DEMO") == "0" else port_named("DEMO_PORT", 8765)
        return Supervisor(port=port_named("PORT", 8000), demo_port=demo_port).run()
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(
            f"{problem.filename or DATA} belongs to another user: run as that one, or `make reset` as that one first.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
