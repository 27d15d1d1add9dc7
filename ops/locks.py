"""The lock files: every package with its hashes, and no address of where it comes from.

python -m ops.locks compile [uv pip compile options]    make the locks anew
python -m ops.locks check                               are they made from today's inputs, and free of addresses?
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from ops.paths import ROOT, CannotGoOnError

REQUIREMENTS = ROOT / "requirements"
UV = ROOT / ".tools/bin/uv"
LOCKS = ("base", "embedded", "dev", "uv", "bench")
"""In this order: embedded, dev and bench are held to what base has."""

_MARK = "# Made from inputs with SHA-256 "


def fingerprint(folder: Path = REQUIREMENTS) -> str:
    """The SHA-256 of all inputs: what a lock's first line must say."""
    digest = hashlib.sha256()
    for name in LOCKS:
        digest.update((folder / f"{name}.in").read_bytes())
    return digest.hexdigest()


def compile_all(options: list[str], folder: Path = REQUIREMENTS) -> None:
    """Make every lock anew; needs a package index. Without `--upgrade` what is pinned stays."""
    mark = _MARK + fingerprint(folder)
    for name in LOCKS:
        lock = folder / f"{name}.txt"
        command = [str(UV), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        subprocess.run([*command, *options, f"{name}.in", "-o", f"{name}.txt"], cwd=folder, check=True)
        lock.write_text(f"{mark}\n# by `make lock`; edit {name}.in instead.\n{lock.read_text()}")


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the locks, a sentence each; empty if they are current."""
    folder = root / "requirements"
    mark = _MARK + fingerprint(folder)
    found = []
    for name in LOCKS:
        text = (folder / f"{name}.txt").read_text()
        if not text.startswith(mark):
            found.append(f"requirements/{name}.txt was made from other inputs: run `make lock`.")
        if "://" in text:
            found.append(f"requirements/{name}.txt names a host.")
        found += [f"requirements/{name}.txt: {package} has no hash." for package in _without_hash(text)]
    package, lock = (json.loads((root / name).read_text()) for name in ("package.json", "package-lock.json"))
    if package["dependencies"] != lock["packages"][""].get("dependencies"):
        found.append("package-lock.json was made from another package.json: run `make lock`.")
    if any("resolved" in entry for entry in lock["packages"].values()):
        found.append("package-lock.json names a host.")
    if missing := [name for name, entry in lock["packages"].items() if name and "integrity" not in entry]:
        found.append(f"package-lock.json has no hash for {', '.join(missing)}.")
    return found


def _without_hash(text: str) -> list[str]:
    pins = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    return [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin]


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile", *options]:
            compile_all(options)
            subprocess.run(
                [sys.executable, "-m", "ops.npm", "install", "--package-lock-only"],
                cwd=ROOT,
                check=True,
                env={**os.environ, "npm_config_omit_lockfile_registry_resolved": "true"},
            )
            return 0
        case ["check"]:
            found = problems()
            print(*found or ["The locks are current."], sep="\n")
            return 1 if found else 0
        case _:
            raise CannotGoOnError(__doc__ or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
