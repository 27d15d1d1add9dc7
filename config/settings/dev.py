"""Development and the demo: plain http on this machine, mail on the console, whatever the launcher has started."""

import os

# Read before the shared settings, which refuse to start without them. `.data/env` is where `make run` notes the
# addresses of the embedded servers, so that `manage.py` finds them by itself.
from environs import Env

from config.settings.paths import DATA, ENV_FILE

Env().read_env(str(ENV_FILE), recurse=False)
os.environ.setdefault("SECRET_KEY", "insecure-and-only-for-development-on-this-machine")
os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1:5432/counterclaim")
os.environ.setdefault("CELERY_BROKER_URL", f"redis+socket://{DATA}/valkey.sock")
os.environ.setdefault("EMAIL_URL", "console://")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

from config.settings.base import *  # noqa: E402, F403

DEBUG = env.bool("DEBUG", False)  # noqa: F405
