"""The child processes that read the bytes of strangers: what they may not do, and what becomes of those who try."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from apps.articles.refusals import Refusal, Unreadable
from apps.articles.sandbox import limits
from apps.articles.sandbox.limits import USUAL, Limits
from apps.articles.sandbox.parent import ParserLost, ParserStopped, Sandbox
from tests.articles import readers
from tests.articles.readers import Told
from tests.pace import slowness

HERE = "tests.articles.readers"
SHORT = replace(USUAL, seconds=0.4, patience=3.0)


@pytest.fixture(scope="module")
def usual() -> Iterator[Sandbox]:
    ours = a_sandbox(USUAL)
    yield ours
    ours.close()


@pytest.fixture
def short() -> Iterator[Sandbox]:
    ours = a_sandbox(SHORT)
    yield ours
    ours.close()


def a_sandbox(bounds: Limits, *, most: int = 2) -> Sandbox:
    return Sandbox(bounds, readers=(HERE,), most=most)


def ask(ours: Sandbox, name: str, body: bytes = b"", kind: object = int, **options: object) -> object:
    return ours.call(f"{HERE}:{name}", body, kind, options)


def refusal(ours: Sandbox, name: str, body: bytes = b"") -> Refusal:
    with pytest.raises(Refusal) as refused:
        ask(ours, name, body)
    return refused.value


class TestAChild:
    def test_answers_what_the_reader_answers(self, usual: Sandbox) -> None:
        assert ask(usual, "told", "wörds".encode(), Told) == readers.told("wörds".encode())

    def test_is_asked_again_and_again(self, usual: Sandbox) -> None:
        with usual.child() as one:
            before = one.pid
        assert [ask(usual, "length", b"x" * size) for size in (0, 1, 300_000)] == [0, 1, 300_000]
        with usual.child() as one:
            assert one.pid == before

    def test_refuses_as_the_reader_refuses(self, usual: Sandbox) -> None:
        refused = refusal(usual, "refused")
        assert (type(refused), refused.code, refused.detail) == (Unreadable, "too_deep", "as said")

    def test_has_no_secret_no_file_and_no_socket_but_the_one_to_its_parent(
        self, usual: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "a secret")
        inherited = os.open("/dev/null", os.O_RDONLY)
        os.set_inheritable(inherited, True)
        fresh = a_sandbox(USUAL)
        told = ask(fresh, "surroundings", kind=list[str])
        fresh.close()
        os.close(inherited)
        assert isinstance(told, list)
        environment, open_, reading, connecting, writing, django = told
        assert "SECRET_KEY" not in environment
        assert environment in ("", "LC_CTYPE")  # which Python sets for itself
        # In, out and errors lead nowhere; then the line to the parent and the system's word on its memory.
        assert len(open_.split(",")) == 5
        assert (reading, connecting, writing) == ("OSError 24",) * 3
        assert django == "no apps"

    def test_is_gone_when_its_parent_is(self) -> None:
        script = (
            "import os, sys, time; sys.path.insert(0, '.'); from apps.articles import sandbox;"
            "sandbox.extract(b'Some words.'); from apps.articles.sandbox import _OURS;"
            "print(_OURS._idle[0].pid, flush=True); os.kill(os.getpid(), 9)"
        )
        told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
        assert told.returncode == -signal.SIGKILL
        pid = int(told.stdout)
        deadline = time.monotonic() + 10
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def test_is_let_go_after_so_many_readings(self) -> None:
        ours = a_sandbox(replace(USUAL, readings=2))
        pids = set()
        for _ in range(4):
            with ours.child() as one:
                pids.add(one.pid)
                list(one.ask(f"{HERE}:length", b"", {}, int, seconds=1))
        ours.close()
        assert len(pids) == 2

    def test_that_keeps_much_is_let_go_so_that_nothing_counts_against_the_next(self) -> None:
        ours = a_sandbox(replace(USUAL, spent=30 * 2**20))
        kept = [ask(ours, "hoards", b"20000000") for _ in range(4)]
        ours.close()
        assert kept == [1, 2, 1, 2]


class TestALimit:
    """Each with a control: without the limit the same reader gets through, or goes on."""

    def test_of_memory_ends_a_reading(self, usual: Sandbox) -> None:
        refused = refusal(usual, "huge", b"600000000")
        assert (type(refused), refused.code) == (ParserStopped, "parser_memory")
        assert ask(usual, "length", b"xyz") == 3

    def test_of_memory_is_what_ends_it(self) -> None:
        unbound = a_sandbox(replace(USUAL, memory=0, spent=2**40))
        assert ask(unbound, "huge", b"600000000") == 600_000_000
        unbound.close()

    def test_of_time_ends_a_reading(self, short: Sandbox) -> None:
        began = time.monotonic()
        refused = refusal(short, "endless")
        assert (type(refused), refused.code) == (ParserStopped, "parser_time")
        assert time.monotonic() - began < SHORT.patience + 10
        assert ask(short, "length", b"xyz") == 3

    def test_of_time_is_what_ends_it(self) -> None:
        unbound = a_sandbox(replace(USUAL, seconds=0, patience=1.0))
        assert refusal(unbound, "endless").code == "parser_lost"

    def test_of_patience_ends_a_child_that_is_given_no_time_and_may_pass(self) -> None:
        impatient = a_sandbox(replace(USUAL, patience=0.3, seconds=0.1))
        refused = refusal(impatient, "sleeps", b"30")
        assert (type(refused), refused.code) == (ParserLost, "parser_lost")
        assert ask(a_sandbox(USUAL), "sleeps", b"0.3") == 0

    def test_of_patience_ends_a_child_that_used_much_of_its_time_for_good(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        impatient = a_sandbox(replace(USUAL, patience=0.3, seconds=0.2))
        used = iter([5.0, 5.15])
        monkeypatch.setattr(limits, "used", lambda pid: next(used))
        refused = refusal(impatient, "sleeps", b"30")
        assert (type(refused), refused.code) == (ParserStopped, "parser_time")
        assert "not done" in refused.detail

    @pytest.mark.untraced
    def test_of_time_is_told_by_the_system(self) -> None:
        began, before = limits.used(os.getpid()), time.process_time()
        while time.process_time() - before < 0.2:
            pass
        assert limits.used(os.getpid()) - began == pytest.approx(0.2, abs=0.1)
        assert limits.used(2**22 + 1) == 0

    def test_of_depth_ends_a_reading(self, usual: Sandbox) -> None:
        refused = refusal(usual, "recurses")
        assert (type(refused), refused.code) == (ParserStopped, "too_deep")

    def test_of_an_answer_is_the_parents(self) -> None:
        narrow = a_sandbox(replace(USUAL, answer=1_000))
        with pytest.raises(ParserStopped) as refused:
            ask(narrow, "told", b"x" * 2_000, Told)
        assert refused.value.code == "too_large"
        assert ask(narrow, "told", b"x" * 500, Told) == Told("x" * 500)
        narrow.close()


class TestAReaderThat:
    def test_breaks_down_cannot_read_this(self, usual: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
        assert refusal(usual, "breaks").code == "not_readable"
        assert "ValueError: invalid literal" in caplog.text
        assert ask(usual, "length", b"xyz") == 3

    @pytest.mark.parametrize(
        ("name", "code", "signalled"),
        [("crashes", "not_readable", "SIGSEGV"), ("aborts", "parser_memory", "SIGABRT")],
    )
    def test_crashes_would_crash_again(self, usual: Sandbox, name: str, code: str, signalled: str) -> None:
        refused = refusal(usual, name)
        assert isinstance(refused, Unreadable)
        assert refused.code == code
        assert signalled in refused.detail

    @pytest.mark.parametrize("body", [b"0", b"3"])
    def test_ends_itself_would_do_so_again(self, usual: Sandbox, body: bytes) -> None:
        assert refusal(usual, "ends", body).code == "not_readable"

    def test_is_ended_by_another_may_get_through_next_time(self, usual: Sandbox) -> None:
        refused = refusal(usual, "killed")
        assert (type(refused), refused.code) == (ParserLost, "parser_lost")
        assert ask(usual, "length", b"xyz") == 3

    def test_is_out_of_memory_to_say_so_is_out_of_memory(self, usual: Sandbox) -> None:
        assert refusal(usual, "ends", b"77").code == "parser_memory"

    def test_sends_what_was_not_asked_for_is_not_believed(
        self, usual: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert refusal(usual, "lies").code == "not_readable"
        assert "str instead of int" in caplog.text


class TestAChildThatDoesNotStart:
    def test_may_start_next_time(self) -> None:
        missing = Sandbox(USUAL, readers=("tests.articles.no_such_module",))
        with pytest.raises(ParserLost) as refused:
            missing.call("tests.articles.no_such_module:x", b"", int, {})
        assert "did not start" in refused.value.detail


class TestAProcessOfManyThreads:
    def test_shares_a_few_children(self) -> None:
        ours = a_sandbox(USUAL, most=2)
        found: list[object] = []
        threads = [
            threading.Thread(target=lambda size=size: found.append(ask(ours, "length", b"x" * size)))
            for size in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found, key=str) == sorted(range(12), key=str)
        assert 1 <= len(ours._idle) <= 2
        ours.close()

    def test_does_not_ask_a_child_that_was_ended_while_it_waited(self, usual: Sandbox) -> None:
        with usual.child() as one:
            pid = one.pid
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid)], timeout=5) if psutil.pid_exists(pid) else None
        assert ask(usual, "length", b"xyz") == 3


class TestAProcessThatWasForked:
    def test_has_children_of_its_own(self, usual: Sandbox) -> None:
        with usual.child() as one:
            before = one.pid
        reading, writing = os.pipe()
        forked = os.fork()
        if forked == 0:
            try:
                with usual.child() as one:
                    same = one.pid == before
                    answer = list(one.ask(f"{HERE}:length", b"xyz", {}, int, seconds=1))
                usual.close()
                os.write(writing, f"{same} {answer}".encode())
            finally:
                os._exit(0)
        os.waitpid(forked, 0)
        assert os.read(reading, 100) == b"False [3]"
        os.close(reading)
        os.close(writing)
        with usual.child() as one:
            assert one.pid == before


class TestAStream:
    def test_gives_one_after_the_other(self, usual: Sandbox) -> None:
        with tempfile.TemporaryFile() as file:
            found = usual.stream(f"{HERE}:many", file.fileno(), Told, {"count": 3}, seconds=2)
            assert [one.words for one in found] == ["0", "1", "2"]

    def test_that_is_left_ends_its_child(self, usual: Sandbox) -> None:
        before = {child.pid for child in psutil.Process().children()}
        with tempfile.TemporaryFile() as file:
            found = usual.stream(f"{HERE}:many", file.fileno(), Told, {"count": 10**6}, seconds=5)
            assert next(found) == Told("0")
            (ours,) = {child.pid for child in psutil.Process().children()} - before
            found.close()
        assert not psutil.pid_exists(ours)

    def test_that_fails_at_its_end_has_given_what_came_before(self, usual: Sandbox) -> None:
        with tempfile.TemporaryFile() as file:
            found = usual.stream(f"{HERE}:many_or_not", file.fileno(), Told, {"count": 2}, seconds=5)
            assert (next(found), next(found)) == (Told("0"), Told("1"))
            with pytest.raises(Unreadable) as refused:
                next(found)
        assert refused.value.code == "damaged_archive"


def test_going_to_a_child_and_back_costs_less_than_a_millisecond_for_a_page_of_200_kb(usual: Sandbox) -> None:
    page = b"x" * 200_000
    ask(usual, "length", page)
    took = []
    for _ in range(60):
        began = time.perf_counter()
        ask(usual, "length", page)
        took.append(time.perf_counter() - began)
    # The quickest half, as other tests run beside this one.
    assert statistics.median(sorted(took)[:30]) < 0.001 * slowness()
