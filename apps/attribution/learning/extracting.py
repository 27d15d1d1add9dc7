"""The extractor that a fitted model makes."""

from __future__ import annotations

from datetime import date

from apps.attribution.cues import Lexicon, lexicon
from apps.attribution.finishing import finish
from apps.attribution.learning.model import unpack
from apps.attribution.learning.pages import Page, page
from apps.attribution.learning.tagging import read_by_model
from apps.attribution.parsed import ParsedReader
from apps.attribution.parsed_extractor import VERSION
from apps.attribution.parsing import OWN, parse, pipeline
from apps.attribution.prose import only_prose
from apps.attribution.rules import read_by_rules
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, ExtractorUnavailable

LANGUAGE = "en"


class Eye:
    """Turns a text into the page that features are read from, with our own pipeline and rules."""

    def __init__(self) -> None:
        self._pipeline = pipeline(str(OWN))
        self.version = f"{VERSION}+{self._pipeline.meta['version']}"

    def page(self, text: str) -> Page:
        """Every sentence is parsed: what no lexicon knows as a cue may be one all the same."""
        lex = lexicon(LANGUAGE)
        assert lex is not None
        doc = Document(only_prose(text))
        parsed = parse(doc, doc.sentences, self._pipeline)
        reader = ParsedReader(doc, lex, parsed)
        return page(doc, lex, reader, parsed, read_by_rules(doc, reader))


class TrainedExtractor:
    """Marks cues and their spans with a model fitted to approved attributions. Deterministic, offline."""

    name = "trained"

    def __init__(self, model: bytes) -> None:
        """Raises :class:`ExtractorUnavailable` if the bytes are no model, or fitted to another version's features."""
        self._fields = unpack(model)
        self._eye = Eye()
        self.version = self._fields.version
        if self._fields.made_with != self._eye.version:
            reason = (
                f"The model {self.version} was fitted with the rules and parser {self._fields.made_with}; these are "
                f"{self._eye.version}. Fit it again."
            )
            raise ExtractorUnavailable(reason, code="model_outdated", transient=False)

    def extract(self, text: str, *, published: date | None = None, language: str = LANGUAGE) -> list[Attribution]:
        """See ``Extractor.extract``."""
        lex: Lexicon | None = lexicon(language)
        if lex is None or lex is not lexicon(LANGUAGE) or not text:
            return []
        seen = self._eye.page(text)
        return finish(seen.doc, seen.lex, seen.reader, read_by_model(seen, self._fields), published)
