"""Programs are ended in order, by force if need be, and never outlive the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ops.processes import Process, note, stop_leftovers

SLEEP = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(60)"]
STUBBORN = [
    *(sys.executable, "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


class Said:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, text: str) -> None:
        self.lines.append((name, text))


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def begin(said: Said) -> Iterator[Callable[..., Process]]:
    begun = []

    def start(command: list[str], grace: float = 10) -> Process:
        process = Process("worker", lambda: command, os.environ, grace=grace)
        process.start(said)
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.stop(said, at_once=True)


def test_what_a_program_prints_is_repeated_under_its_name(said: Said, begin: Callable[..., Process]) -> None:
    process = begin(SLEEP)
    wait_for(lambda: said.lines)
    assert said.lines == [("worker", "up")]
    assert process.exit_status() is None


def test_a_program_that_is_asked_to_end_ends(said: Said, begin: Callable[..., Process]) -> None:
    process = begin(SLEEP)
    wait_for(lambda: said.lines)
    process.stop(said)
    assert process.exit_status() == -signal.SIGTERM


def test_a_program_that_will_not_end_is_killed_and_that_is_said(said: Said, begin: Callable[..., Process]) -> None:
    process = begin(STUBBORN, grace=0.2)
    wait_for(lambda: said.lines)
    process.stop(said)
    assert process.exit_status() == -signal.SIGKILL
    assert said.lines[-1] == ("worker", "did not end within 0 seconds and is killed")


def test_a_second_signal_waits_for_nobody(said: Said, begin: Callable[..., Process]) -> None:
    process = begin(STUBBORN, grace=60)
    wait_for(lambda: said.lines)
    process.stop(said, at_once=True)
    assert process.exit_status() == -signal.SIGKILL


def test_stopping_what_never_started_is_nothing(said: Said) -> None:
    never = Process("worker", lambda: SLEEP, {})
    never.stop(said)
    assert never.exit_status() is None


def test_a_program_that_fails_again_and_again_is_given_up() -> None:
    process = Process("worker", lambda: SLEEP, {})
    now = time.monotonic()
    process.starts = [now - 300, now - 200, now - 50, now - 40, now - 30, now - 20, now]
    assert not process.failed_too_often()
    process.starts.append(now)
    assert process.failed_too_often()


def test_programs_left_by_a_killed_supervisor_are_ended_at_the_next_start(
    said: Said, begin: Callable[..., Process], tmp_path: Path
) -> None:
    process = begin(SLEEP)
    ended = begin([sys.executable, "-c", ""])
    wait_for(lambda: ended.exit_status() is not None)
    note([process, ended, Process("never", lambda: SLEEP, {})], tmp_path / "notes")
    assert stop_leftovers(tmp_path / "notes") == 1
    wait_for(lambda: process.exit_status() is not None)
    assert stop_leftovers(tmp_path / "notes") == 0


def test_stubborn_leftovers_are_killed(said: Said, begin: Callable[..., Process], tmp_path: Path) -> None:
    process = begin(STUBBORN)
    wait_for(lambda: said.lines)
    note([process], tmp_path / "notes")
    assert stop_leftovers(tmp_path / "notes", grace=0.2) == 1
    wait_for(lambda: process.exit_status() == -signal.SIGKILL)


def test_a_process_id_that_now_belongs_to_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text(f"[[{os.getpid()}, {psutil.Process().create_time() - 3600}], [999999999, 0]]")
    assert stop_leftovers(tmp_path / "notes") == 0


def test_damaged_notes_are_no_notes(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("[[1, ")
    assert stop_leftovers(tmp_path / "notes") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a program that its parent has died")
def test_a_program_dies_with_its_supervisor_even_by_kill_9(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, os, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'ops.bound', str(os.getpid()), *sys.argv[1:]])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script, *SLEEP], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    child = psutil.Process(int(supervisor.stdout.readline()))
    assert supervisor.stdout.readline() == "up\n"
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_program_whose_supervisor_is_gone_already_does_not_start() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ops.bound", "1" if os.getppid() != 1 else "2", *SLEEP],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "The supervisor is gone already.\n"
