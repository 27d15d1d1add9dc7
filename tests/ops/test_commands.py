"""The commands behind `make`: what they refuse, and in which words."""

import fcntl
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from ops import browser, checks, manage, npm, reset, servers, testing
from ops.cluster import Cluster
from ops.paths import CannotGoOnError
from ops.servers import Database, database

Completed = subprocess.CompletedProcess[str]


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no database, as on a bare machine."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[list[str]]]:
    """Programs that are not run, but noted, and end with the status given."""

    def with_status(status: int) -> list[list[str]]:
        run: list[list[str]] = []

        def note(command: list[str], **_options: object) -> Completed:
            run.append(command)
            return Completed(command, status, "said", "complained")

        monkeypatch.setattr("subprocess.run", note)
        return run

    return with_status


class Terminal(types.SimpleNamespace):
    def isatty(self) -> bool:
        return True


def test_the_embedded_database_runs_only_as_long_as_it_is_needed(unnamed: None, reachable: Path) -> None:
    with database(reachable / "short") as running:
        cluster = servers.embedded_cluster(reachable / "short")
        assert running == Database(cluster.url(), embedded=True)
        assert cluster.running()
        with database(reachable / "short"):
            pass
        assert cluster.running(), "the inner one found it running, and must leave it so"
    assert not cluster.running()
    cluster.remove()


def test_a_named_database_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/counterclaim")
    with database() as running:
        assert running == Database("postgresql://db.example/counterclaim", embedded=False)


def test_manage_hands_the_database_s_address_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], cluster: Cluster
) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster.url())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.test")
    assert manage.manage(["diffsettings", "--all"]) == 0
    assert str(cluster.socket) in capfd.readouterr().out
    assert manage.manage(["no_such_command"]) == 1


def test_reset_deletes_the_database_and_all_else(unnamed: None, reachable: Path) -> None:
    data = reachable / "discarded"
    with database(data):
        (data / "evidence").mkdir()
        reset.reset(data)
    assert not data.exists()
    reset.reset(data)


def test_reset_refuses_while_the_application_runs(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CannotGoOnError, match="running from this folder"):
            reset.reset(tmp_path)
    reset.require_not_running(tmp_path)


@pytest.mark.parametrize("answer", ["no", "", "y"])
def test_reset_wants_a_yes_in_full(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    deleted: list[bool] = []
    monkeypatch.delenv("FORCE", raising=False)
    monkeypatch.setattr("ops.reset.reset", lambda: deleted.append(True))
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    assert reset.main() == 1
    assert deleted == []
    monkeypatch.setattr("builtins.input", lambda _question: "yes")
    assert reset.main() == 0
    assert deleted == [True]


def test_reset_by_a_script_must_be_forced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise CannotGoOnError("It runs.")

    monkeypatch.delenv("FORCE", raising=False)
    monkeypatch.setattr("ops.reset.reset", refuse)
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(isatty=lambda: False))
    assert reset.main() == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    monkeypatch.setenv("FORCE", "1")
    assert reset.main() == 1
    assert capsys.readouterr().err == "It runs.\n"


def test_a_named_browser_is_the_only_one_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chromium = tmp_path / "chromium"
    chromium.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("COUNTERCLAIM_CHROMIUM", raising=False)
    assert browser.find() == str(chromium)
    monkeypatch.setenv("COUNTERCLAIM_CHROMIUM", str(tmp_path / "missing"))
    assert browser.find() is None
    found, why = browser.find_or_install()
    assert found is None
    assert "missing, which is no program" in why


def test_chromium_is_installed_where_that_is_possible(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pretend: Callable[[int], list[list[str]]]
) -> None:
    monkeypatch.delenv("COUNTERCLAIM_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no apt-get" in browser.find_or_install()[1]
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "only root" in browser.find_or_install()[1]
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert len(pretend(1)) == 0
    assert browser.find_or_install() == (None, "`apt-get install chromium` failed: complained")
    run = pretend(0)
    assert browser.find_or_install() == (None, "apt-get installed no program named chromium")
    assert [command[2] for command in run] == ["update", "install"]
    (tmp_path / "chromium").touch(mode=0o755)
    assert browser.find_or_install() == (str(tmp_path / "chromium"), "")


def test_a_throwaway_database_is_gone_afterwards(unnamed: None) -> None:
    with testing.throwaway_database() as made:
        folder = Path(made.url.split("@")[1].split("/")[0].replace("%2F", "/"))
        assert folder.is_dir()
    assert not folder.exists()
    assert not folder.parent.parent.exists()


def test_skipped_browser_tests_are_spoken_of_or_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pretend: Callable[[int], list[list[str]]]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/counterclaim")
    monkeypatch.setattr("ops.testing.find_or_install", lambda: (None, "there is none"))
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(CannotGoOnError, match="required, but there is none"):
        testing.run([])
    monkeypatch.delenv("REQUIRE_BROWSER")
    run = pretend(5)
    assert testing.run([]) == 5
    assert run == [[sys.executable, "-m", "pytest", *testing.WHOLE_SUITE]]
    assert capsys.readouterr().out.splitlines() == [
        "The browser tests will be skipped: there is none.",
        "The browser tests were skipped: there is none.",
    ]


def test_the_test_command_ends_with_a_sentence_or_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ending(problem: BaseException) -> Callable[[list[str]], int]:
        def run(_arguments: list[str]) -> int:
            raise problem

        return run

    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["testing", "-x"])
    monkeypatch.setattr("ops.testing.run", ending(CannotGoOnError("No browser.")))
    assert testing.main() == 1
    assert capsys.readouterr().err == "No browser.\n"
    monkeypatch.setattr("ops.testing.run", ending(KeyboardInterrupt()))
    assert testing.main() == 130
    monkeypatch.setattr("ops.testing.run", len)
    assert testing.main() == 1


def test_every_check_runs_whatever_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/counterclaim")
    failing = [sys.executable, "-c", "import sys; print('why'); sys.exit(1)"]
    passing = [sys.executable, "-c", "print('unimportant')"]
    assert checks.run({"first": failing, "second": passing}) == ["first"]
    said = capsys.readouterr().out
    assert "failed  first" in said
    assert "why" in said
    assert "ok  second" in said
    assert "unimportant" not in said


def test_the_check_command_fails_if_any_check_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> list[str]:
        raise CannotGoOnError("No database.")

    for outcome, status in ((lambda: ["style"], 1), (list, 0), (refuse, 1)):
        monkeypatch.setattr("ops.checks.run", outcome)
        assert checks.main() == status
    assert capsys.readouterr().err == "No database.\n"


def test_npm_installs_what_the_lock_says_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []

    def npm_program(arguments: list[str]) -> int:
        asked.append(arguments)
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        return 0

    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr("ops.npm.npm", npm_program)
    assert npm.install(tmp_path) == 0
    assert npm.install(tmp_path) == 0
    assert len(asked) == 1
    assert "--ignore-scripts" in asked[0]
    (tmp_path / "package-lock.json").write_text('{"changed": true}')
    monkeypatch.setattr("ops.npm.npm", lambda _arguments: 7)
    assert npm.install(tmp_path) == 7
    assert npm.install(tmp_path) == 7, "what failed is tried again"


def test_every_make_target_is_explained() -> None:
    environment = {**os.environ, "MAKEFLAGS": ""}
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], capture_output=True, text=True, check=True, env=environment
    )
    explained = {line.split()[1] for line in done.stdout.splitlines()}
    phony = next(line for line in Path("Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert explained == set(phony.removeprefix(".PHONY:").split())
