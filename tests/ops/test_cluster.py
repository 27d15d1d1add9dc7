"""The embedded PostgreSQL: it starts, is adopted, survives what kills it, and leaves nothing behind."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from ops.accounts import Account, unprivileged
from ops.binaries import postgres_folder, postgres_tool, valkey_server
from ops.broker import Broker
from ops.cluster import UNSAFE_BUT_FAST, Cluster
from ops.paths import LONGEST_SOCKET, CannotGoOnError, short


def test_it_has_the_extensions_that_the_model_needs(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        found = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    assert {"btree_gist", "pg_trgm", "unaccent"} <= {row[0] for row in found}


def test_trigrams_of_armenian_and_cyrillic_words_are_not_empty(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        row = connection.execute("SELECT similarity('Մարտակերտ', 'Մարտակերտի'), lower('МАРТАКЕРТ')").fetchone()
    assert row is not None
    assert row[0] > 0.5
    assert row[1] == "мартакерт"


def test_it_cannot_be_reached_over_the_network(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert cluster.socket.stat().st_mode & 0o077 == 0


def test_starting_a_running_cluster_adopts_it(cluster: Cluster) -> None:
    before = cluster.pid()
    Cluster(cluster.root).start()
    assert cluster.pid() == before


def test_what_was_committed_survives_a_kill_of_the_server(reachable: Path) -> None:
    made = Cluster(reachable / "killed")
    try:
        made.start()
        with psycopg.connect(made.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        killed = made.pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        while made.running():
            time.sleep(0.05)
        made.start()
        with psycopg.connect(made.url()) as connection:
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    finally:
        made.remove()
    assert not made.root.exists()


def test_a_pid_file_that_names_another_program_does_not_keep_it_from_starting(reachable: Path) -> None:
    made = Cluster(reachable / "restarted", settings=UNSAFE_BUT_FAST)
    try:
        made.start()
        lines = (made.data / "postmaster.pid").read_text().splitlines()
        made.stop()
        (made.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
        made.start()
        assert made.pid() != os.getpid()
    finally:
        made.remove()


@pytest.mark.parametrize(("version", "builtin"), [(15, False), (16, False), (17, True), (18, True)])
def test_versions_without_builtin_locales_take_the_system_s(
    reachable: Path, monkeypatch: pytest.MonkeyPatch, version: int, builtin: bool
) -> None:
    asked: list[tuple[object, ...]] = []

    def refuse(_self: Cluster, *command: object) -> object:
        asked.append(command)
        return subprocess.CompletedProcess([], 1, "", "")

    monkeypatch.setattr("ops.cluster.major_version", lambda _program: version)
    monkeypatch.setattr(Cluster, "_run", refuse)
    with pytest.raises(CannotGoOnError, match="could not be created"):
        Cluster(reachable / f"version-{version}").start()
    assert ("--locale-provider=builtin" in asked[0]) is builtin


def test_a_cluster_that_cannot_be_created_says_why(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.cluster._system_locale", lambda: "no_SUCH.locale")
    made = Cluster(reachable / "refused")
    with pytest.raises(CannotGoOnError, match=r"could not be created:\n(.|\n)*no_SUCH"):
        made.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root closes a folder to the account it borrows")
def test_root_keeps_the_cluster_elsewhere_when_its_folder_is_closed_to_others(
    reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("ops.cluster.ELSEWHERE", reachable / "elsewhere")
    monkeypatch.setattr(
        Account, "reaches", lambda self, path: "closed" not in str(path) and "site-packages" not in str(path)
    )
    made = Cluster(closed / "postgres", settings=UNSAFE_BUT_FAST)
    try:
        made.start()
        assert made.root.parent == reachable / "elsewhere"
        assert made.programs.is_relative_to(reachable / "elsewhere")
        assert made.running()
    finally:
        made.remove()


def test_an_account_reaches_only_what_every_folder_on_the_way_lets_it_enter(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    stranger = Account(uid=inside.stat().st_uid + 4711, gid=inside.stat().st_gid + 4711, borrowed=True)
    owner = Account(uid=inside.stat().st_uid, gid=inside.stat().st_gid, borrowed=False)
    (tmp_path / "a").chmod(0o700)
    assert owner.reaches(inside)
    assert not stranger.reaches(inside)
    colleague = Account(uid=stranger.uid, gid=(tmp_path / "a").stat().st_gid, borrowed=True)
    assert not colleague._may_enter(tmp_path / "a")
    (tmp_path / "a").chmod(0o710)
    assert colleague._may_enter(tmp_path / "a")
    assert not stranger._may_enter(tmp_path / "a")


def test_root_without_an_account_to_borrow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_there(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", nobody_there)
    with pytest.raises(CannotGoOnError, match="neither a postgres nor a nobody"):
        unprivileged()


def test_an_ordinary_user_runs_the_server_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    account = unprivileged()
    assert (account.uid, account.borrowed, account.spawn_arguments()) == (1000, False, {})


def test_named_programs_are_preferred_and_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    embedded = postgres_folder()
    monkeypatch.setenv("COUNTERCLAIM_PG_BIN", str(tmp_path))
    with pytest.raises(CannotGoOnError, match="holds no PostgreSQL programs"):
        postgres_folder()
    monkeypatch.setenv("COUNTERCLAIM_PG_BIN", str(embedded))
    assert postgres_folder() == embedded


def test_without_the_packages_the_system_s_programs_serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COUNTERCLAIM_PG_BIN", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for version in ("9", "15"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    monkeypatch.setattr("ops.binaries.SYSTEM_POSTGRES", tmp_path)
    assert postgres_folder() == tmp_path / "15" / "bin"
    program = tmp_path / "valkey-server"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert valkey_server() == program


def test_without_any_programs_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COUNTERCLAIM_PG_BIN", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("ops.binaries.SYSTEM_POSTGRES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotGoOnError, match="make setup"):
        postgres_folder()
    with pytest.raises(CannotGoOnError, match="make setup"):
        valkey_server()


def test_client_programs_are_never_older_than_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.20 (Debian)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert postgres_tool("pg_dump", server=15) == program
    assert postgres_tool("pg_dump", server=16) == postgres_folder() / "pg_dump"
    with pytest.raises(CannotGoOnError, match="pg_dump of PostgreSQL 99 or newer"):
        postgres_tool("pg_dump", server=99)


def test_a_client_program_that_does_not_run_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in (("pg_dump", "no program"), ("psql", "#!/bin/sh\necho other\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        assert postgres_tool(name, server=15) == postgres_folder() / name


def test_a_socket_never_gets_a_path_too_long_for_the_system(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * LONGEST_SOCKET) / "socket"
    assert len(str(short(deep))) <= LONGEST_SOCKET
    assert short(deep) == short(deep)
    assert short(deep) != short(deep.parent)
    assert short(Path("/run/socket")) == Path("/run/socket")


def test_the_broker_keeps_every_message_on_disk_and_listens_on_no_port(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "valkey")
    (tmp_path / "valkey").mkdir()
    broker.socket.unlink(missing_ok=True)
    command = broker.command()
    assert command[command.index("--port") + 1] == "0"
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--unixsocketperm") + 1] == "700"
    assert not broker.ready()
    assert broker.url().startswith("redis+socket:///")
