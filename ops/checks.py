"""`make check`: everything that can be said about the code without running it. All of it runs, whatever fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

from ops.paths import ROOT, CannotGoOnError
from ops.testing import throwaway_database

BIN = Path(sys.executable).parent
PYTHON = sys.executable

CHECKS: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "--quiet", "."],
    "form": [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
    "types": [PYTHON, "-m", "mypy", "--no-error-summary", "apps", "config", "demo", "ops", "tests", "manage.py"],
    "import contracts": [str(BIN / "lint-imports"), "--no-logo", "--no-cache"],
    # Not --check: its reformatting adds and takes spaces inside lines, and pages show people's words exactly.
    "templates": [str(BIN / "djlint"), "--quiet", "--lint", "templates"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system checks": [PYTHON, "manage.py", "check"],
    "locks": [PYTHON, "-m", "ops.locks", "check"],
}


def run(checks: dict[str, list[str]] = CHECKS) -> list[str]:
    """Run each command, showing what it says only if it fails; the names of those that failed."""
    failed = []
    with throwaway_database() as database:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database.url}
        for name, command in checks.items():
            began = time.monotonic()
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            print(f"{'failed' if done.returncode else 'ok':>6}  {name} ({time.monotonic() - began:.1f} s)", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout, flush=True)
    return failed


def main() -> int:
    try:
        return 1 if run() else 0
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
