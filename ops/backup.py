"""`make backup` and `make restore`: the database and the evidence as one tar file that can tell whether it is whole.

    python -m ops.backup save [FILE]
    python -m ops.backup restore FILE       FORCE=1 replaces a database that is not empty

The tar holds `manifest.json` (the SHA-256 of every other member), `database.dump` (pg_dump's custom format) and
`evidence/...` (the preserved bytes, under the names they have in EVIDENCE_ROOT). What EVIDENCE_STORE keeps in a bucket
is not in it, and both commands say so.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from ops.binaries import postgres_tool
from ops.paths import DATA, CannotGoOnError
from ops.reset import require_not_running
from ops.servers import Database, database

MANIFEST = "manifest.json"
DUMP = "database.dump"
EVIDENCE = "evidence/"
PLAIN = ("--no-owner", "--no-privileges")
"""Owners and grants belong to a server, not to a backup; see docs/operate.md."""


def evidence_root() -> Path:
    """Where the preserved bytes are: EVIDENCE_ROOT, as the settings read it."""
    return Path(os.environ.get("EVIDENCE_ROOT") or DATA / "evidence")


def elsewhere() -> str:
    """The bucket that keeps the evidence instead, as EVIDENCE_STORE names it; empty where there is none."""
    return (os.environ.get("EVIDENCE_STORE") or "").partition("?")[0]


def save(file: Path, *, source: Database, evidence: Path) -> int:
    """Write the backup and give back how many pieces of evidence it holds. An existing file is not overwritten."""
    if file.exists():
        raise CannotGoOnError(f"{file} exists already.")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.partial")
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / DUMP
        # The database first: bytes are written before the row that names them, so every row dumped finds its bytes.
        _run_tool("pg_dump", source, f"--dbname={source.url}", "--format=custom", *PLAIN, f"--file={dump}")
        members = {DUMP: dump}
        members |= {EVIDENCE + found.relative_to(evidence).as_posix(): found for found in _files(evidence)}
        with tarfile.open(partial, "w") as tar:
            sums = {}
            for name, path in members.items():
                tar.add(path, name, recursive=False)
                sums[name] = _sha256(path)
            manifest = {"made_at": datetime.now(UTC).isoformat(), "sha256": sums}
            _add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
    partial.chmod(0o600)
    partial.rename(file)
    return len(members) - 1


def restore(file: Path, *, target: Database, evidence: Path, force: bool = False) -> int:
    """Put a backup back and give back how many pieces of evidence it held.

    Raises CannotGoOnError, before anything is changed, if the file is damaged, or if the database holds tables and
    `force` is not given. The database is replaced in one transaction. Evidence is only ever added to.
    """
    if not file.is_file():
        raise CannotGoOnError(f"There is no file {file}. Say which: make restore FILE=backups/....tar")
    with tempfile.TemporaryDirectory() as scratch:
        unpacked = Path(scratch)
        names = _unpack_verified(file, unpacked)
        tables = _table_count(target)
        if tables and not force:
            raise CannotGoOnError(
                f"The database is not empty: it has {tables} tables. FORCE=1 replaces all that is in it by the backup."
            )
        _replace(target, unpacked / DUMP)
        for name in names:
            _put_evidence(unpacked / name, evidence / name.removeprefix(EVIDENCE))
        return len(names)


def _files(folder: Path) -> list[Path]:
    """Every file but those in folders with a leading dot, where evidence is still being written."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.relative_to(folder).parts[0].startswith("."))


def _unpack_verified(file: Path, into: Path) -> list[str]:
    """Unpack, compare every member with the manifest, and give back the names of the evidence."""
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                _unpack(tar, member, into)
        sums = json.loads((into / MANIFEST).read_text())["sha256"]
    except (tarfile.TarError, OSError, ValueError, KeyError) as problem:
        raise CannotGoOnError(f"{file} is no backup, or is damaged: {problem}") from problem
    held = {path.relative_to(into).as_posix() for path in _files(into)} - {MANIFEST}
    if wrong := sorted(held ^ set(sums)) or [name for name in sorted(sums) if _sha256(into / name) != sums[name]]:
        raise CannotGoOnError(f"{file} is damaged: {wrong[0]} is not what the manifest says. Nothing was restored.")
    return sorted(held - {DUMP})


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Plain files below the folder only: a backup may have been in other hands."""
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not (into / member.name).resolve().is_relative_to(into.resolve()):
        raise tarfile.ReadError(f"{member.name} has no place in a backup")
    (into / member.name).parent.mkdir(parents=True, exist_ok=True)
    with content, (into / member.name).open("wb") as file:
        shutil.copyfileobj(content, file)


def _put_evidence(preserved: Path, destination: Path) -> None:
    if destination.exists():
        # Evidence is named by its content and never changed: what is there is what would be written.
        return
    destination.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    shutil.move(preserved, destination)
    destination.chmod(0o440)


def _table_count(target: Database) -> int:
    with psycopg.connect(target.url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    return int(row[0]) if row else 0


def _replace(target: Database, dump: Path) -> None:
    """All or nothing: as SQL through psql, since pg_restore cannot empty the database in the same transaction."""
    script = dump.with_suffix(".sql")
    _run_tool("pg_restore", target, *PLAIN, f"--file={script}", str(dump))
    _run_tool(
        *("psql", target, f"--dbname={target.url}", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
        *("--single-transaction", "--command=DROP SCHEMA public CASCADE; CREATE SCHEMA public", f"--file={script}"),
    )


def _run_tool(name: str, database: Database, *arguments: str) -> None:
    with psycopg.connect(database.url) as connection:
        server = connection.info.server_version // 10_000
    command = [str(postgres_tool(name, server=server)), *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        raise CannotGoOnError(f"{name} failed: {done.stderr.strip()}")


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text.encode())
    tar.addfile(member, io.BytesIO(text.encode()))


def main(arguments: list[str]) -> int:
    try:
        with database() as running:
            match arguments:
                case ["save", *named]:
                    file = Path(named[0] if named else f"backups/{datetime.now(UTC):%Y%m%d-%H%M%S}.tar")
                    count = save(file, source=running, evidence=evidence_root())
                    print(f"{file}: the database and {count} pieces of evidence, {file.stat().st_size:,} bytes")
                    if bucket := elsewhere():
                        print(f"The evidence in {bucket} is NOT in this file. Copy the bucket too, after this.")
                case ["restore", named]:
                    if running.embedded:
                        require_not_running()
                    force = os.environ.get("FORCE") == "1"
                    count = restore(Path(named), target=running, evidence=evidence_root(), force=force)
                    print(f"The database and {count} pieces of evidence are as they were in {named}.")
                    if bucket := elsewhere():
                        print(f"Evidence is read from {bucket}, which was NOT restored: see that it holds all of it.")
                case _:
                    raise CannotGoOnError(__doc__ or "")
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
