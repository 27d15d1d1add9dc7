"""The suite itself: it reaches no network, and says what it could not run."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from ops.paths import ROOT

CONFTEST = "from tests.conftest import chromium, pytest_collection_modifyitems\n"
MARKED = "import pytest\n\n@pytest.mark.browser\ndef test_page() -> None:\n    assert True\n"


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_no_test_reaches_another_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as tried, pytest.raises(SocketConnectBlockedError):
        tried.connect((address, 80))


def run_marked_test(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One test marked `browser`, which does not ask for `chromium` itself."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_marked.py").write_text(MARKED)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    left = {name: value for name, value in os.environ.items() if name not in {"REQUIRE_BROWSER", "PYTEST_ADDOPTS"}}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-rs",
            "-p",
            "no:django",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            str(folder),
        ],
        env=left | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_browser_test_without_a_browser_is_skipped_with_a_word(tmp_path: Path) -> None:
    done = run_marked_test(tmp_path, COUNTERCLAIM_CHROMIUM="/no/such/browser")
    assert done.returncode == 0
    assert "there is no Chromium here" in done.stdout


def test_a_browser_test_that_is_required_fails_without_a_browser(tmp_path: Path) -> None:
    done = run_marked_test(tmp_path, COUNTERCLAIM_CHROMIUM="/no/such/browser", REQUIRE_BROWSER="1")
    assert done.returncode == 1
    assert "REQUIRE_BROWSER=1, and there is no Chromium here" in done.stdout


def test_a_browser_test_runs_where_there_is_a_browser(tmp_path: Path) -> None:
    done = run_marked_test(tmp_path, COUNTERCLAIM_CHROMIUM=sys.executable)
    assert "1 passed" in done.stdout
