"""The extractors by name, and the one that knows rules alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from apps.attribution.cues import lexicon
from apps.attribution.finishing import finish
from apps.attribution.learning.extracting import TrainedExtractor
from apps.attribution.llm.extractor import LlmExtractor
from apps.attribution.llm.options import LlmOptions
from apps.attribution.parsed_extractor import ParsedExtractor
from apps.attribution.phrases import Reader
from apps.attribution.prose import only_prose
from apps.attribution.rules import read_by_rules
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, Extractor, ExtractorUnavailable


class UnknownExtractor(LookupError):
    """No extractor has this name."""


class RuleExtractor:
    """Finds attributions by cue lexicon, typography and clause patterns. Deterministic, linear, offline."""

    name = "rules"
    version = "2.0"

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        """See ``Extractor.extract``."""
        lex = lexicon(language)
        if lex is None or not text:
            return []
        doc = Document(only_prose(text))
        reader = Reader(doc, lex)
        drafts = read_by_rules(doc, reader)
        return finish(doc, lex, reader, drafts, published)


def _trained(path: str) -> Extractor:
    try:
        return TrainedExtractor(Path(path).read_bytes())
    except OSError as error:
        reason = f"There is no trained model at {path}."
        raise ExtractorUnavailable(reason, code="no_trained_model", transient=False) from error


def _llm() -> Extractor:
    return LlmExtractor(LlmOptions.from_environment(os.environ))


NAMED: Mapping[str, Callable[[], Extractor]] = {"default": ParsedExtractor, "rules": RuleExtractor, "llm": _llm}
PREFIXED: Mapping[str, Callable[[str], Extractor]] = {"spacy": ParsedExtractor, "trained": _trained}
KNOWN = (*NAMED, *(f"{prefix}:…" for prefix in PREFIXED))
DEFAULT = "default"


def extractor(name: str = DEFAULT) -> Extractor:
    """The extractor of that name: ``default``, ``rules``, ``spacy:MODEL`` (an installed pipeline), ``trained:FILE``,
    ``llm`` (the language model that the environment names).

    Raises :class:`UnknownExtractor`, whose words name those there are, and
    :class:`~apps.attribution.types.ExtractorUnavailable` where what it needs is not there.
    """
    if name in NAMED:
        return NAMED[name]()
    prefix, _, rest = name.partition(":")
    if prefix in PREFIXED and rest:
        return PREFIXED[prefix](rest)
    raise UnknownExtractor(f"There is no extractor called {name!r}. Known: {', '.join(KNOWN)}.")
