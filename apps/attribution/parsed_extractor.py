"""The rules over a dependency parse: the default, and the same over a pipeline the operator installed."""

from __future__ import annotations

from datetime import date

from apps.attribution.cues import lexicon
from apps.attribution.finishing import finish
from apps.attribution.parsed import ParsedReader
from apps.attribution.parsing import OWN, parse, pipeline
from apps.attribution.phrases import Reader
from apps.attribution.prose import only_prose
from apps.attribution.rules import read_by_rules
from apps.attribution.segmentation import Document, Sentence
from apps.attribution.types import Attribution

VERSION = "2.0"


class ParsedExtractor:
    """Rules over a parse by our own small pipeline, or by the one called ``model``. Deterministic, linear, offline."""

    def __init__(self, model: str | None = None) -> None:
        self.name = f"spacy:{model}" if model else "default"
        self._pipeline = pipeline(model or str(OWN))
        self.version = f"{VERSION}+{self._pipeline.meta['version']}"

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        """See ``Extractor.extract``."""
        lex = lexicon(language)
        if lex is None or not text:
            return []
        doc = Document(only_prose(text))
        plain = Reader(doc, lex)
        reader = ParsedReader(doc, lex, parse(doc, [s for s in doc.sentences if _may_report(plain, s)], self._pipeline))
        return finish(doc, lex, reader, read_by_rules(doc, reader), published)


def _may_report(reader: Reader, sentence: Sentence) -> bool:
    """Whether a word of the sentence may be a cue, or some of it is quoted, so that parsing it may help."""
    lex, low, quote_of = reader.lex, reader.low, reader.doc.quote_of
    return not sentence.skipped and any(
        low[k] in lex.verbs or low[k] in lex.nouns or quote_of[k] >= 0 for k in range(sentence.first, sentence.last + 1)
    )
