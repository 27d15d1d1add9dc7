"""The lock files are current, hold a hash for everything, and name no host."""

import json
import shutil
from pathlib import Path

import pytest

from ops import locks
from ops.paths import ROOT, CannotGoOnError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_project_s_own_locks_are_current() -> None:
    assert locks.problems() == []


def test_an_edited_input_makes_every_lock_stale(copy: Path) -> None:
    with (copy / "requirements" / "base.in").open("a") as file:
        file.write("another-package\n")
    assert [problem.split()[0] for problem in locks.problems(copy)] == [f"requirements/{n}.txt" for n in locks.LOCKS]


def test_an_address_in_a_lock_is_found(copy: Path) -> None:
    with (copy / "requirements" / "dev.txt").open("a") as file:
        file.write("# --index-url https://packages.example/simple\n")
    assert locks.problems(copy) == ["requirements/dev.txt names a host."]


def test_a_package_without_a_hash_is_found(copy: Path) -> None:
    with (copy / "requirements" / "uv.txt").open("a") as file:
        file.write("unverified==1.0\n")
    assert locks.problems(copy) == ["requirements/uv.txt: unverified==1.0 has no hash."]


def test_a_package_json_that_the_lock_does_not_know_is_found(copy: Path) -> None:
    package = json.loads((copy / "package.json").read_text())
    package["dependencies"]["another"] = "1.0.0"
    (copy / "package.json").write_text(json.dumps(package))
    assert locks.problems(copy) == ["package-lock.json was made from another package.json: run `make lock`."]


def test_an_address_or_a_missing_hash_in_the_package_lock_is_found(copy: Path) -> None:
    lock = json.loads((copy / "package-lock.json").read_text())
    entry = lock["packages"]["node_modules/cytoscape"]
    entry["resolved"] = "somewhere"
    del entry["integrity"]
    (copy / "package-lock.json").write_text(json.dumps(lock))
    assert locks.problems(copy) == [
        "package-lock.json names a host.",
        "package-lock.json has no hash for node_modules/cytoscape.",
    ]


def test_compiling_marks_each_lock_with_its_inputs(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def uv(command: list[str], *, cwd: Path, check: bool) -> None:
        asked.append(command)
        (cwd / command[-1]).write_text("uv==1 \\\n    --hash=sha256:00\n")

    monkeypatch.setattr("subprocess.run", uv)
    locks.compile_all(["--upgrade"], copy / "requirements")
    assert locks.problems(copy) == []
    assert all({"--generate-hashes", "--universal", "--no-emit-index-url", "--upgrade"} <= set(one) for one in asked)


def test_the_command_says_what_it_finds(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert locks.main(["check"]) == 0
    assert "current" in capsys.readouterr().out
    monkeypatch.setattr("ops.locks.problems", lambda: ["requirements/base.txt names a host."])
    assert locks.main(["check"]) == 1
    assert capsys.readouterr().out == "requirements/base.txt names a host.\n"
    with pytest.raises(CannotGoOnError, match=r"ops\.locks compile"):
        locks.main([])
