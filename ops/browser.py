"""The browser for the browser tests: the one named, else the system's, else installed from the system's packages."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: COUNTERCLAIM_CHROMIUM, else the first of NAMES on the PATH."""
    if named := os.environ.get("COUNTERCLAIM_CHROMIUM"):
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def find_or_install() -> tuple[str | None, str]:
    """(path, "") or (None, why there is none). Installs only as root and only through apt."""
    if found := find():
        return found, ""
    if os.environ.get("COUNTERCLAIM_CHROMIUM"):
        return None, f"COUNTERCLAIM_CHROMIUM names {os.environ['COUNTERCLAIM_CHROMIUM']}, which is no program"
    if not shutil.which("apt-get"):
        return None, "there is no Chromium on the PATH, and no apt-get to install it with"
    if os.geteuid() != 0:
        return None, "there is no Chromium on the PATH, and only root may `apt-get install chromium`"
    print("Installing Chromium for the browser tests (apt-get install chromium)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "--quiet", *arguments], env=environment, text=True, capture_output=True, check=False
        )
    if done.returncode:
        return None, f"`apt-get install chromium` failed: {(done.stderr or done.stdout).strip()[-400:]}"
    return find(), "apt-get installed no program named chromium"
