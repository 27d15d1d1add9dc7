"""Development and the demo: plain http on this machine, mail on the console, whatever the launcher has started."""

import os

# Read before the shared settings, which refuse to start without them. `make run` notes in the data folder the
# addresses of the embedded servers, so that `manage.py` finds them by itself.
from dotenv import load_dotenv

from ops.paths import DATA

load_dotenv(DATA / "env")
os.environ.setdefault("SECRET_KEY", "insecure-and-only-for-development-on-this-machine")
os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1:5432/counterclaim")
os.environ.setdefault("CELERY_BROKER_URL", f"redis+socket://{DATA}/valkey/valkey.sock")
os.environ.setdefault("EVIDENCE_ROOT", str(DATA / "evidence"))
os.environ.setdefault("STATIC_ROOT", str(DATA / "static"))
os.environ.setdefault("EMAIL_URL", "console://")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,pages.localhost,[::1]")

from config.settings.base import *  # noqa: E402, F403

DEBUG = env.bool("DEBUG", False)  # noqa: F405

# Over a wire as short as this one, compressing takes longer than it saves.
STORAGES["staticfiles"]["BACKEND"] = "apps.core.staticstorage.HashedStorage"  # noqa: F405

# Where `load_demo` writes what `make run` shows when all is up.
SIGNINS_FILE = DATA / "signins.txt"
