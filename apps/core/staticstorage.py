"""How collected static files are named: by their content, so that a browser may keep them for ever."""

from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Only modules under `js/` have their imports rewritten to hashed names: Django's patterns also match inside third-party
# comments, and fail there.
PATTERNS = (
    *HashedFilesMixin.patterns,
    ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1]),  # type: ignore[attr-defined]
)


class HashedStorage(ManifestStaticFilesStorage):
    """Content-hashed names, down to the imports of our own modules."""

    patterns = PATTERNS


class CompressedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The same, and each file compressed once beside itself; worth its time where others fetch them."""

    patterns = PATTERNS
