"""Settings of the processes that are broken: development's, on a backend that counts commits."""

import os

from config.settings.dev import *  # noqa: F403
from config.settings.dev import DATABASES, INSTALLED_APPS

DATABASES["default"]["ENGINE"] = "ops.faults.backend"
INSTALLED_APPS = [*INSTALLED_APPS, "ops.faults"]
LOG_LEVEL = os.environ.get("LOG_LEVEL", "WARNING")
