"""Where a copy of the project that runs on one machine keeps what it makes."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / ".data"
ENV_FILE = DATA / "env"
