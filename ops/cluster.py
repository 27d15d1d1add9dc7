"""An embedded PostgreSQL: a cluster in a folder, on a Unix socket only, started from a package's programs."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops.accounts import unprivileged
from ops.binaries import major_version, postgres_folder
from ops.paths import CannotGoOnError, short

SUPERUSER = "counterclaim"
DATABASE = "counterclaim"
FIRST_WITH_BUILTIN_LOCALES = 17
ELSEWHERE = Path("/var/lib/counterclaim-embedded")
"""Where root keeps what a borrowed account must reach, when the project is in a folder that only root may enter."""

# What a throwaway cluster may do without: it is never read again after a crash.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """A PostgreSQL cluster whose whole state is under one folder.

    Starting an already running one adopts it, so that a launcher that was killed loses nothing. The folder may turn
    out to be another than asked for (see ELSEWHERE): `root` says which.
    """

    def __init__(self, root: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.account = unprivileged()
        self.programs = postgres_folder()
        self.root = root.resolve()
        self.settings = dict(settings or {})
        if self.account.borrowed:
            self._move_within_reach()
        self.data = self.root / "data"
        self.log = self.root / "postgres.log"
        self.socket = short(self.root / "socket")

    def url(self, database: str = DATABASE) -> str:
        """The connection address, as libpq and Django read it."""
        return f"postgresql://{SUPERUSER}@{quote(str(self.socket), safe='')}/{database}"

    def start(self) -> None:
        """Create the cluster if need be, start or adopt its server, and make its database.

        Raises CannotGoOnError, with the end of the server's log, if it does not start within a minute.
        """
        self._own(self.root, mode=0o711)
        self._own(self.socket, mode=0o700)
        with self._locked():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self.running():
                self._start_server()
            self._create_database()

    def stop(self) -> None:
        """Stop the server, letting no new work in and rolling open work back. Nothing happens if it is not running."""
        if self.pid() is not None:
            self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", "fast", "stop")

    def remove(self) -> None:
        """Stop the server and delete the cluster with all it holds."""
        if self.data.exists():
            self.stop()
        for folder in (self.root, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def running(self) -> bool:
        """Whether the server answers. Not asked of `pg_ctl status`, which believes a zombie or a reused process id."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def pid(self) -> int | None:
        """The server's process id as its pid file has it, if there is one."""
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _create(self) -> None:
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        # Trigrams of Cyrillic and Armenian need more than "C", and the package has no ICU: hence the builtin provider,
        # or, in versions that have none, the system's own.
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        has_builtin = major_version(self.programs / "initdb") >= FIRST_WITH_BUILTIN_LOCALES
        done = self._run(
            *("initdb", "-D", fresh, "-U", SUPERUSER, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject"),
            *(*(builtin if has_builtin else ()), f"--locale={_system_locale()}", "--no-sync"),
        )
        if done.returncode:
            raise CannotGoOnError(f"The embedded database could not be created:\n{done.stdout}")
        fresh.rename(self.data)  # at once, so that a killed initdb never leaves half a cluster

    def _start_server(self) -> None:
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket), **self.settings}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._drop_stale_pid()
            done = self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.log, "-o", options, "start")
            if done.returncode == 0 and self.running():
                return
            time.sleep(0.5)  # what a killed server left behind may still be letting go of its memory
        raise CannotGoOnError(f"The embedded database did not start; {self.log} ends:\n{self.log.read_text()[-2000:]}")

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _drop_stale_pid(self) -> None:
        """Remove the pid file of a server whose process id now belongs to something else, as after a restart."""
        pid = self.pid()
        if pid is None or not Path("/proc/self").exists():
            return
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except FileNotFoundError:
            return  # no such process: PostgreSQL sees that by itself
        if str(self.data).encode() not in command:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment.update(LC_ALL=_system_locale(), TZ="UTC", HOME=str(self.root))
        # The server inherits what it is given: a pipe would keep us waiting for as long as it runs, a file does not.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(self.programs / program), *map(str, arguments)],
                **self.account.spawn_arguments(),
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")

    def _move_within_reach(self) -> None:
        if not self.account.reaches(self.programs):
            self.programs = self._copy_programs()
        if not self.account.reaches(self.root.parent):
            self.root = ELSEWHERE / _digest(str(self.root))

    def _copy_programs(self) -> Path:
        """A copy of the package's programs, with the libraries they look for beside it, where all may enter."""
        source = self.programs.parent
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        made_at = (self.programs / "postgres").stat().st_mtime
        copy = ELSEWHERE / f"programs-{_digest(f'{source} {made_at}')}"
        if not copy.exists():
            fresh = Path(tempfile.mkdtemp(dir=ELSEWHERE))
            fresh.chmod(0o755)
            package = source.parent
            shutil.copytree(source, fresh / package.name / source.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            fresh.rename(copy)
        return copy / source.parent.name / source.name / "bin"

    def _own(self, folder: Path, *, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.account.borrowed:
            os.chown(folder, self.account.uid, self.account.gid)
        folder.chmod(mode)

    @contextmanager
    def _locked(self) -> Iterator[Any]:
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _system_locale() -> str:
    return "C.UTF-8" if sys.platform == "linux" else "C"
