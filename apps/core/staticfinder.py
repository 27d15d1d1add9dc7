"""Serves an explicit list of files out of node_modules as static files: no bundler, and no copies in the repository."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

PREFIX = "npm"
"""A file's static path is `npm/<its path inside node_modules>`."""

PATTERNS = (
    # The interface: sans for our words, serif for theirs; Armenian beside Latin and Cyrillic.
    "@fontsource-variable/inter/index.css",
    "@fontsource-variable/inter/files/inter-*-wght-normal.woff2",
    "@fontsource-variable/source-serif-4/index.css",
    "@fontsource-variable/source-serif-4/files/source-serif-4-*-wght-normal.woff2",
    "@fontsource-variable/source-serif-4/wght-italic.css",
    "@fontsource-variable/source-serif-4/files/source-serif-4-*-wght-italic.woff2",
    "@fontsource-variable/noto-sans-armenian/index.css",
    "@fontsource-variable/noto-sans-armenian/files/noto-sans-armenian-*-wght-normal.woff2",
    "@fontsource-variable/noto-serif-armenian/index.css",
    "@fontsource-variable/noto-serif-armenian/files/noto-serif-armenian-*-wght-normal.woff2",
    # The graph page.
    "cytoscape/dist/cytoscape.esm.min.mjs",
    "cytoscape-dagre/dist/cytoscape-dagre.min.mjs",
    "cytoscape-dagre/dist/cytoscape-dagre.min.mjs.map",
)


class _NodeModules(FileSystemStorage):
    # `collectstatic` puts this before each path that `list` yields.
    prefix = PREFIX


class NodeModulesFinder(BaseFinder):
    """Finds the files of `settings.NODE_MODULES` that match one of PATTERNS, and no other."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.NODE_MODULES)
        self.storage = _NodeModules(location=str(self.root))
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The absolute path of a static file, or a list of one with `find_all`; an empty list if it is not served."""
        inside = path.removeprefix(f"{PREFIX}/")
        file = self.root / inside
        if inside == path or ".." in Path(inside).parts or not _is_listed(inside) or not file.is_file():
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Each listed file as (path inside node_modules, its storage).

        Raises ImproperlyConfigured if a pattern matches nothing: some page would come without what it needs.
        """
        for pattern in PATTERNS:
            found = [*self._matching(pattern)]
            if not found:
                raise ImproperlyConfigured(f"No file in {self.root} matches {pattern}: run `make setup`.")
            for file in found:
                if not matches_patterns(file, [*(ignore_patterns or [])]):
                    yield file, self.storage

    def _matching(self, pattern: str) -> Iterator[str]:
        for file in sorted(self.root.glob(pattern)):
            yield file.relative_to(self.root).as_posix()


def _is_listed(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in PATTERNS)
