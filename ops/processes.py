"""The programs that the supervisor keeps running: started, watched, named in their output, stopped in order."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

Command = Callable[[], list[str]]
Say = Callable[[str, str], None]


@dataclass
class Process:
    """One program. `command` is asked again at each start; `grace` is how many seconds it gets to end by itself."""

    name: str
    command: Command
    environment: Mapping[str, str]
    grace: float = 10
    starts: list[float] = field(default_factory=list)
    running: subprocess.Popen[str] | None = None

    def start(self, say: Say) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal reaches the supervisor alone."""
        self.starts.append(time.monotonic())
        self.running = subprocess.Popen(
            [sys.executable, "-m", "ops.bound", str(os.getpid()), *self.command()],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._repeat, args=(self.running, say), daemon=True).start()

    def exit_status(self) -> int | None:
        """None while it runs."""
        return self.running.poll() if self.running else None

    def stop(self, say: Say, *, at_once: bool = False) -> None:
        """End it: asked first, unless `at_once`, then by force, with whatever it has started."""
        if self.running is None:
            return
        if self.running.poll() is None and not at_once:
            # The main process only: a worker's children must be left to finish their task.
            self.running.terminate()
            try:
                self.running.wait(self.grace)
            except subprocess.TimeoutExpired:
                say(self.name, f"did not end within {self.grace:.0f} seconds and is killed")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def failed_too_often(self, *, within: float = 60, times: int = 5) -> bool:
        """Whether starting it again is pointless: it was started more than `times` times in `within` seconds."""
        return len([at for at in self.starts if time.monotonic() - at < within]) > times

    def _repeat(self, running: subprocess.Popen[str], say: Say) -> None:
        assert running.stdout
        with running.stdout as lines:
            for line in lines:
                say(self.name, line.rstrip())


def note(processes: Iterable[Process], file: Path) -> None:
    """Write down what runs, for the next start to find should this one be killed."""
    notes = []
    for process in processes:
        if process.running and process.running.poll() is None:
            try:
                notes.append([process.running.pid, psutil.Process(process.running.pid).create_time()])
            except psutil.NoSuchProcess:
                continue
    file.write_text(json.dumps(notes))


def stop_leftovers(file: Path, *, grace: float = 20) -> int:
    """End the programs noted by a supervisor that was killed; how many there were.

    A process id that has since been given to another program is left alone, as its start time differs.
    """
    try:
        notes = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    found = []
    for pid, created in notes:
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE:
                found += [process, *process.children(recursive=True)]
                process.terminate()
        except psutil.NoSuchProcess:
            continue
    for process in psutil.wait_procs(found, timeout=grace)[1]:
        process.kill()
    file.unlink(missing_ok=True)
    return len(found)
