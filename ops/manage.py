"""`manage.py` with a database under it: python -m ops.manage COMMAND [ARGUMENT ...]"""

import os
import subprocess
import sys

from ops.paths import ROOT, CannotGoOnError
from ops.servers import database


def manage(arguments: list[str]) -> int:
    """Run it to its end, on the named or the embedded database; its exit status."""
    with database() as running:
        environment = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", **os.environ, "DATABASE_URL": running.url}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(manage(sys.argv[1:]))
    except CannotGoOnError as problem:
        sys.exit(str(problem))
