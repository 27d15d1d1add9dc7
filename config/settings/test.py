"""Tests: fast hashing, mail and messages in memory, evidence in a folder that goes away."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1:5432/counterclaim")
# Whatever the shell says: tests talk to no broker, no mail server and no other copy's files.
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ["EMAIL_URL"] = "memory://"
os.environ["CACHE_URL"] = "locmem://"
os.environ["FETCH_EXEMPT_ORIGIN"] = ""
os.environ["DATABASE_POOL_SIZE"] = "0"
os.environ["COUNTERCLAIM_EXTRACTOR"] = "rules"  # needs no model; others are named by the tests that are about them
_scratch = tempfile.TemporaryDirectory(prefix="counterclaim-test-")
os.environ["EVIDENCE_STORE"] = ""
os.environ["EVIDENCE_ROOT"] = str(Path(_scratch.name) / "evidence")
os.environ["STATIC_ROOT"] = str(Path(_scratch.name) / "static")

from config.settings.base import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
STORAGES = {  # Pages are tested without `collectstatic`; the hashed storage has tests of its own.
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
CELERY_TASK_ALWAYS_EAGER = False
SIGNINS_FILE = Path(_scratch.name) / "signins.txt"
