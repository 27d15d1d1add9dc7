"""A backup is whole, restores into an empty database, and never overwrites by surprise."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ops import backup
from ops.cluster import Cluster
from ops.paths import CannotGoOnError
from ops.servers import Database

NewDatabase = Callable[[str], Database]


@pytest.fixture
def new_database(cluster: Cluster) -> NewDatabase:
    def make(name: str) -> Database:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return Database(cluster.url(name), embedded=True)

    return make


@pytest.fixture
def saved(new_database: NewDatabase, tmp_path: Path) -> Path:
    """A backup of one table with one row, and of one piece of evidence."""
    source = new_database("saved")
    execute(source, "CREATE TABLE claims AS SELECT 'C-0007' AS reference")
    evidence = tmp_path / "evidence"
    (evidence / "ab").mkdir(parents=True)
    (evidence / "ab" / "abcd").write_bytes(b"\x00preserved\xff")
    file = tmp_path / "backups" / "one.tar"
    assert backup.save(file, source=source, evidence=evidence) == 1
    return file


def execute(database: Database, statement: str) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute(statement.encode())


def references(database: Database) -> list[str]:
    with psycopg.connect(database.url) as connection:
        return [row[0] for row in connection.execute("SELECT reference FROM claims")]


def rewrite(file: Path, member: str, content: bytes | None) -> None:
    """The same tar with one member changed, or without it."""
    with tarfile.open(file) as tar:
        held = {name: (opened.read() if (opened := tar.extractfile(name)) else b"") for name in tar.getnames()}
    if content is None:
        del held[member]
    else:
        held[member] = content
    with tarfile.open(file, "w") as tar:
        for name, data in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def test_an_empty_database_becomes_what_was_saved(saved: Path, new_database: NewDatabase, tmp_path: Path) -> None:
    target, evidence = new_database("restored"), tmp_path / "elsewhere"
    assert backup.restore(saved, target=target, evidence=evidence) == 1
    assert references(target) == ["C-0007"]
    assert (evidence / "ab" / "abcd").read_bytes() == b"\x00preserved\xff"
    assert (evidence / "ab" / "abcd").stat().st_mode & 0o777 == 0o440


def test_nobody_else_may_read_a_backup(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0


def test_a_database_that_is_not_empty_is_refused(saved: Path, new_database: NewDatabase, tmp_path: Path) -> None:
    target = new_database("full")
    execute(target, "CREATE TABLE claims AS SELECT 'C-0001' AS reference")
    with pytest.raises(CannotGoOnError, match="not empty: it has 1 tables"):
        backup.restore(saved, target=target, evidence=tmp_path / "elsewhere")
    assert references(target) == ["C-0001"]
    assert not (tmp_path / "elsewhere").exists()


def test_force_replaces_the_database_and_keeps_evidence_that_is_there(
    saved: Path, new_database: NewDatabase, tmp_path: Path
) -> None:
    target, evidence = new_database("replaced"), tmp_path / "elsewhere"
    execute(target, "CREATE TABLE claims AS SELECT 'C-0001' AS reference")
    evidence.mkdir()
    (evidence / "other").write_bytes(b"kept")
    backup.restore(saved, target=target, evidence=evidence, force=True)
    backup.restore(saved, target=target, evidence=evidence, force=True)
    assert references(target) == ["C-0007"]
    assert (evidence / "other").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("evidence/ab/abcd", b"altered"),
        ("evidence/ab/abcd", None),
        ("database.dump", b""),
        ("evidence/new", b"slipped in"),
    ],
)
def test_a_damaged_backup_changes_nothing(
    saved: Path, new_database: NewDatabase, tmp_path: Path, member: str, content: bytes | None
) -> None:
    rewrite(saved, member, content)
    target = new_database("untouched")
    execute(target, "CREATE TABLE claims AS SELECT 'C-0001' AS reference")
    with pytest.raises(CannotGoOnError, match="is damaged"):
        backup.restore(saved, target=target, evidence=tmp_path / "elsewhere", force=True)
    assert references(target) == ["C-0001"]
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["../outside", "evidence/../../outside", "/outside"])
def test_a_member_that_points_outside_the_backup_is_refused(
    saved: Path, new_database: NewDatabase, tmp_path: Path, name: str
) -> None:
    rewrite(saved, name, b"x")
    with pytest.raises(CannotGoOnError, match="outside has no place in a backup"):
        backup.restore(saved, target=new_database("untouched"), evidence=tmp_path / "elsewhere")
    assert not Path("/outside").exists()


def test_a_file_that_is_no_backup_is_refused(new_database: NewDatabase, tmp_path: Path) -> None:
    file = tmp_path / "holiday.jpg"
    file.write_bytes(b"not a tar")
    with pytest.raises(CannotGoOnError, match="is no backup"):
        backup.restore(file, target=new_database("untouched"), evidence=tmp_path)
    with pytest.raises(CannotGoOnError, match="There is no file"):
        backup.restore(tmp_path / "missing.tar", target=new_database("untouched"), evidence=tmp_path)


def test_a_dump_that_cannot_be_restored_leaves_the_database_as_it_was(
    saved: Path, new_database: NewDatabase, tmp_path: Path
) -> None:
    with tarfile.open(saved) as tar:
        opened = tar.extractfile("manifest.json")
        assert opened
        manifest = json.load(opened)
    broken = b"PGDMP, but no more"
    manifest["sha256"]["database.dump"] = hashlib.sha256(broken).hexdigest()
    rewrite(saved, "database.dump", broken)
    rewrite(saved, "manifest.json", json.dumps(manifest).encode())
    target = new_database("kept")
    execute(target, "CREATE TABLE claims AS SELECT 'C-0001' AS reference")
    with pytest.raises(CannotGoOnError, match="pg_restore failed"):
        backup.restore(saved, target=target, evidence=tmp_path / "elsewhere", force=True)
    assert references(target) == ["C-0001"]


def test_an_existing_backup_is_not_overwritten(saved: Path, new_database: NewDatabase, tmp_path: Path) -> None:
    with pytest.raises(CannotGoOnError, match="exists already"):
        backup.save(saved, source=new_database("saved"), evidence=tmp_path)


def test_the_command_saves_and_restores_what_the_environment_names(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = new_database("commanded")
    execute(source, "CREATE TABLE claims AS SELECT 'C-0007' AS reference")
    url = tmp_path / "url"
    url.write_text(source.url + "\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(url))
    monkeypatch.setenv("EVIDENCE_ROOT", str(tmp_path / "evidence"))
    monkeypatch.chdir(tmp_path)
    assert backup.main(["save"]) == 0
    (file,) = (tmp_path / "backups").iterdir()
    assert "0 pieces of evidence" in capsys.readouterr().out
    assert backup.main(["restore", str(file)]) == 1
    assert "not empty" in capsys.readouterr().err
    monkeypatch.setenv("FORCE", "1")
    assert backup.main(["restore", str(file)]) == 0
    assert backup.main(["neither"]) == 1
    assert references(source) == ["C-0007"]


def test_a_bucket_is_not_in_a_backup_and_both_commands_say_so(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", new_database("elsewhere").url)
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)
    monkeypatch.setenv("EVIDENCE_STORE", "s3://kept/here?endpoint=https://objects.example.org")
    monkeypatch.chdir(tmp_path)
    assert backup.main(["save", "one.tar"]) == 0
    assert "The evidence in s3://kept/here is NOT in this file." in capsys.readouterr().out
    assert backup.main(["restore", "one.tar"]) == 0
    assert "s3://kept/here, which was NOT restored" in capsys.readouterr().out


def test_what_is_still_being_written_is_no_evidence(new_database: NewDatabase, tmp_path: Path) -> None:
    (tmp_path / "evidence" / ".incoming").mkdir(parents=True)
    (tmp_path / "evidence" / ".incoming" / "half").write_bytes(b"ha")
    assert backup.save(tmp_path / "one.tar", source=new_database("quiet"), evidence=tmp_path / "evidence") == 0
