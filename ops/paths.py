"""Where things are, and the one way these commands give up: a sentence that says what to do."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("COUNTERCLAIM_DATA") or ROOT / ".data")
"""What a copy that runs on one machine keeps: the embedded servers' files, evidence, collected static files."""

LONGEST_SOCKET = 80
"""Characters. The system's limit is near 104, and PostgreSQL appends `/.s.PGSQL.5432.lock`."""


class CannotGoOnError(Exception):
    """Something a person has to put right; the message is for them."""


def short(path: Path) -> Path:
    """The path itself if a Unix socket can live there, else a short one in the temporary folder that stands for it."""
    if len(str(path)) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"counterclaim-{digest}"
