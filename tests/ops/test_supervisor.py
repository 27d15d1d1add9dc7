"""`make run`: one copy, at a free port, that stops in order, keeps its data and recovers from kill -9."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from ops import supervisor
from ops.cluster import Cluster
from ops.paths import ROOT, CannotGoOnError
from ops.servers import embedded_cluster
from ops.supervisor import Stopped, Supervisor, listens, port_named, require_free_port, write_environment


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_taken_port_is_named_with_the_way_out(taken: int) -> None:
    with pytest.raises(CannotGoOnError) as refused:
        require_free_port(taken, variable="PORT")
    assert str(refused.value) == (
        f"Port {taken} is taken by another program. Choose another: PORT={taken + 1} make run"
    )
    assert listens(taken)


def test_a_free_port_is_left_free() -> None:
    port = free_port()
    require_free_port(port, variable="PORT")
    assert not listens(port)


def test_a_port_that_needs_an_administrator_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    class Guarded(socket.socket):
        def bind(self, _address: object, /) -> None:
            raise PermissionError

    monkeypatch.setattr("socket.socket", Guarded)
    with pytest.raises(CannotGoOnError, match=r"Port 80 needs the rights of the administrator.*PORT=8000"):
        require_free_port(80, variable="PORT")


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1"])
def test_a_port_must_be_a_port_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CannotGoOnError, match=f"not '{text}'"):
        port_named("PORT", 8000)


def test_a_port_not_named_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert port_named("PORT", 8000) == 8000
    monkeypatch.setenv("PORT", "8001")
    assert port_named("PORT", 8000) == 8001


def test_other_terminals_are_told_where_the_servers_are_and_nothing_else(tmp_path: Path) -> None:
    write_environment(tmp_path / "env", {"DATABASE_URL": "postgresql://x", "SECRET_KEY": "secret"})
    assert (tmp_path / "env").read_text() == "DATABASE_URL='postgresql://x'\n"
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_a_program_that_ends_instead_of_starting_ends_the_start(tmp_path: Path) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    made._start("web", lambda: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(CannotGoOnError, match="The web server ended with 3 instead of starting"):
        made._until(lambda: False, seconds=60, what="The web server", name="web")
    made._stop_everything()


def test_what_does_not_come_up_in_time_is_said(tmp_path: Path) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    with pytest.raises(CannotGoOnError, match="The web server was not there after 0 seconds"):
        made._until(lambda: False, seconds=0, what="The web server")
    assert not made._healthy()


def test_a_signal_ends_a_start_at_once(tmp_path: Path) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    made._on_signal(signal.SIGINT, None)
    with pytest.raises(Stopped):
        made._until(lambda: False, seconds=60, what="The web server")
    assert made._watch() == 0


def test_a_program_that_ends_is_started_again_until_that_is_pointless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    monkeypatch.setattr(made.stopping, "wait", lambda _seconds: time.sleep(0.02))
    made._start("beat", lambda: [sys.executable, "-c", "raise SystemExit(1)"])
    assert made._watch() == 1
    said = capsys.readouterr().out
    assert said.count("beat | ended with 1; starting it again") == 5
    assert "again and again; stopping" in said


def test_a_database_that_is_gone_is_started_again(
    tmp_path: Path, reachable: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    made.cluster = Cluster(reachable / "gone")
    monkeypatch.setattr(supervisor, "DATABASE_LOOK_SECONDS", 0)
    looks = iter([False, True])
    monkeypatch.setattr(made.stopping, "wait", lambda _seconds: next(looks))
    try:
        assert made._watch() == 0
        assert made.cluster.running()
    finally:
        made.cluster.remove()
    assert "does not answer; starting it again" in capsys.readouterr().out


def test_a_terminal_that_has_gone_away_does_not_keep_anything_from_being_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", closefd=False) as gone:
        made = Supervisor(data=tmp_path, port=1, demo_port=None)
        made._start("beat", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])
        monkeypatch.setattr("sys.stdout", gone)
        made._stop_everything()
        monkeypatch.undo()
        assert made.processes["beat"].exit_status() is not None
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)
    os.close(writing)


def test_a_failing_step_ends_the_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = Supervisor(data=tmp_path, port=1, demo_port=None)
    made.environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    with pytest.raises(CannotGoOnError, match=r"`manage.py no_such_command` failed with 1"):
        made._manage("no_such_command")
    assert "Unknown command" in capfd.readouterr().err


def test_problems_are_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken: int
) -> None:
    monkeypatch.setenv("DEMO_PORT", "nowhere")
    assert supervisor.main() == 1
    assert "DEMO_PORT must be a port number" in capsys.readouterr().err

    def foreign(_self: Supervisor) -> int:
        raise PermissionError(13, "denied", "/data/run.lock")

    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setattr(Supervisor, "run", foreign)
    assert supervisor.main() == 1
    assert "/data/run.lock belongs to another user" in capsys.readouterr().err


class Copy:
    """The real command in a process of its own, on a data folder and a port of its own, without the demo."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.log = data.with_suffix(".log")
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(self.command, env=self.environment, cwd=ROOT, stdout=log, stderr=log)
        running = self.running
        wait_for(lambda: "Ctrl-C stops it" in self.said() or running.poll() is not None, 120, self.said)
        assert running.poll() is None, self.said()

    def start_another(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

    def said(self) -> str:
        return self.log.read_text()

    def health(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/healthz")
        with contextlib.closing(connection):
            return connection.getresponse().status

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "ops.supervisor"]

    @property
    def environment(self) -> dict[str, str]:
        left_out = re.compile(
            "DATABASE_URL|CELERY|EMAIL|EVIDENCE|STATIC|DJANGO|COUNTERCLAIM_DATA|PYTEST|SECRET|ALLOWED"
        )
        kept = {name: value for name, value in os.environ.items() if not left_out.match(name)}
        return kept | {"COUNTERCLAIM_DATA": str(self.data), "PORT": str(self.port), "DEMO": "0"}

    def programs(self) -> list[psutil.Process]:
        """Whatever runs with this copy's data folder in its environment; the database has its own."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("COUNTERCLAIM_DATA") == str(self.data) and process.status() != "zombie":
                    found.append(process)
        return found


def wait_for(condition: Callable[[], object], seconds: float, explain: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.1)


@pytest.fixture
def copy(reachable: Path) -> Iterator[Copy]:
    made = Copy(reachable / "run")
    made.data.mkdir()
    yield made
    if made.running and made.running.poll() is None:
        made.running.kill()
        made.running.wait()
    wait_for(lambda: not made.programs(), 60, made.programs)
    embedded_cluster(made.data).remove()


@pytest.mark.slow
def test_it_starts_once_survives_kill_9_keeps_its_data_and_stops_whole(copy: Copy) -> None:
    copy.start()
    assert copy.health() == 200

    another = copy.start_another()
    assert another.returncode == 1
    assert f"already running from this folder: http://127.0.0.1:{copy.port}/" in another.stderr

    cluster = embedded_cluster(copy.data)
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    assert copy.running
    copy.running.kill()
    copy.running.wait()
    wait_for(lambda: not listens(copy.port), 60)
    copy.start()
    assert copy.health() == 200
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)

    copy.running.send_signal(signal.SIGINT)
    assert copy.running.wait(60) == 0
    assert "everything has stopped" in copy.said()
    assert not cluster.running()
    assert copy.programs() == []
    assert not listens(copy.port)
