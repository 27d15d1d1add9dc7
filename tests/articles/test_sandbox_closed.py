"""A child opens nothing once it reads: whatever readers and their libraries need is loaded before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def opened(how: str) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.articles.what_is_opened", how],
        capture_output=True,
        check=True,
        cwd=ROOT,
        timeout=120,
        text=True,
    )
    found: list[str] = json.loads(told.stdout)
    return found


def test_a_child_that_has_loaded_everything_opens_nothing() -> None:
    assert opened("loaded") == []


def test_without_that_it_would() -> None:
    assert any("encodings" in path for path in opened("not"))
