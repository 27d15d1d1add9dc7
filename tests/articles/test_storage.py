"""Preserved bytes in a folder: there and whole before anybody is told so, whatever happens while they are written."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.articles import storage
from apps.core.evidence import INCOMING, LEFT_BEHIND_SECONDS, Away, Folder, Full, Missing, place

BODY = b"<p>The ferry was late.</p>" * 1_000
NAME = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return tmp_path / "evidence"


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_bytes_are_kept_under_their_hash_and_cannot_be_written_to(root: Path) -> None:
    assert storage.keep(BODY) == NAME
    assert storage.read(NAME) == BODY
    assert files(root) == [root / place(NAME)]
    assert (root / place(NAME)).stat().st_mode & 0o777 == 0o440


def test_bytes_that_are_there_are_not_written_again(root: Path) -> None:
    storage.keep(BODY)
    before = (root / place(NAME)).stat()
    storage.keep(BODY)
    assert (root / place(NAME)).stat().st_ino == before.st_ino


@pytest.mark.parametrize("damaged", [BODY[:100], BODY[:-1] + b"!", b"", BODY + b"more"])
def test_a_damaged_object_is_not_read_and_is_mended_by_the_same_bytes(root: Path, damaged: bytes) -> None:
    storage.keep(BODY)
    (root / place(NAME)).chmod(0o640)
    (root / place(NAME)).write_bytes(damaged)
    with pytest.raises(storage.Damaged, match="not those"):
        storage.read(NAME)
    storage.keep(BODY)
    assert storage.read(NAME) == BODY


def test_missing_bytes_are_told_from_a_storage_that_is_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(storage.Damaged, match="missing"):
        storage.read(NAME)
    storage.keep(BODY)

    def failing(path: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(Away) as away:
        storage.read(NAME)
    assert (away.value.status, away.value.code) == (503, "storage_away")


def test_the_file_and_every_folder_down_to_it_are_made_durable_before_it_is_said_to_be_there(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink()}")
        real_sync(descriptor)

    def replace(source: Path, target: Path) -> Path:
        done.append(f"name {target}")
        return real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    storage.keep(BODY)
    final = root / place(NAME)
    folders = [root.parent, root, final.parent.parent, final.parent]
    written = next(index for index, step in enumerate(done) if INCOMING in step and NAME in step)
    named = done.index(f"name {final}")
    assert written < named < len(done) - 1
    assert done[-1] == f"sync {final.parent}"
    assert {f"sync {folder}" for folder in folders} <= set(done)


KILLED = """
import os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure()
from apps.core import evidence

at, root = sys.argv[1], Path(sys.argv[2])
body, name = b"<p>The ferry was late.</p>" * 1000, sys.argv[3]
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
if at == "half":
    real = os.write
    os.write = lambda descriptor, rest: (real(descriptor, rest[:500]), die())[0]
elif at == "synced":
    real_sync = os.fsync
    os.fchmod = lambda *a: die()
elif at == "named":
    Path.replace = die
elif at == "after":
    real_replace = Path.replace
    Path.replace = lambda source, target: (real_replace(source, target), die())[0]
evidence.Folder(root).put(name, body)
"""


@pytest.mark.parametrize("at", ["half", "synced", "named", "after"])
def test_a_process_that_is_killed_while_it_writes_leaves_all_or_nothing(root: Path, at: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, at, str(root), NAME], check=False, env={"PATH": os.environ["PATH"]}
    )
    assert done.returncode == -signal.SIGKILL
    found = root / place(NAME)
    assert not found.exists() if at != "after" else found.read_bytes() == BODY
    storage.keep(BODY)
    assert storage.read(NAME) == BODY


def test_what_crashes_left_behind_is_deleted_after_a_day_and_nothing_younger(root: Path) -> None:
    (root / INCOMING).mkdir(parents=True)
    old, young = root / INCOMING / "old", root / INCOMING / "young"
    for left in (old, young):
        left.write_bytes(b"ha")
    os.utime(old, times=(time.time() - LEFT_BEHIND_SECONDS - 60,) * 2)
    Folder(root).put(NAME, BODY)
    assert sorted(files(root / INCOMING)) == [young]


def test_a_folder_that_is_full_says_so_and_keeps_nothing_half(root: Path) -> None:
    """With a limit on how large a file may grow, which the system refuses as it would a full disk."""
    storage.keep(b"first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(Full) as full:
            storage.keep(BODY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (full.value.status, full.value.code) == (507, "storage_full")
    assert files(root) == [root / place(hashlib.sha256(b"first").hexdigest())]
    storage.keep(BODY)
    assert storage.read(NAME) == BODY


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, Full), (errno.EDQUOT, Full), (errno.EROFS, Away), (errno.EIO, Away)]
)
def test_the_systems_errors_have_names(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(expected):
        storage.keep(BODY)


def test_an_object_that_is_not_there_is_missing(root: Path) -> None:
    with pytest.raises(Missing):
        Folder(root).get(NAME)
