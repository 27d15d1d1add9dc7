"""The extractor that asks a language model for words, and believes those that are in the text."""

from __future__ import annotations

import hashlib
import logging
import re
import ssl
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from apps.attribution.cues import lexicon
from apps.attribution.drafts import Draft
from apps.attribution.finishing import finish
from apps.attribution.llm.answers import Told
from apps.attribution.llm.endpoint import RANDOM, Clock, Endpoint, Sleep, Uniform
from apps.attribution.llm.gate import Gate, Passed
from apps.attribution.llm.meter import Meter, Usage, shared
from apps.attribution.llm.options import LlmOptions
from apps.attribution.llm.placing import Placer
from apps.attribution.llm.prompt import fingerprint
from apps.attribution.llm.windows import Window, windows
from apps.attribution.phrases import Reader
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, ExtractorUnavailable

log = logging.getLogger(__name__)

REVISION: Final = 1
LONGEST_VERSION: Final = 56
CONFIDENT: Final = 0.8
LESS: Final = 0.2
UNSPACED: Final = frozenset(("zh", "ja", "th", "lo", "my", "km", "bo", "dz"))
"""Languages written without spaces between words, in which whole words cannot be told by looking."""


class LlmExtractor:
    """Asks a language model, window by window, and keeps what passes the verbatim gate. Not deterministic.

    Reads any language that is written with spaces; figures, channels and days come with a language that has a lexicon.
    ``usage`` says what was asked for and what was dropped since the extractor was made. For one thread.
    """

    name = "llm"

    def __init__(
        self,
        options: LlmOptions,
        *,
        meter: Meter | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        uniform: Uniform = RANDOM.uniform,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.version = version_of(options)
        self._options = options
        self._endpoint = Endpoint(
            options, meter=meter or shared(options), clock=clock, sleep=sleep, uniform=uniform, tls=tls
        )
        self._gated = Usage()

    @property
    def usage(self) -> Usage:
        """What was asked for, and what it cost, since the extractor was made; also after it raised."""
        return self._endpoint.usage + self._gated

    @property
    def currency(self) -> str:
        """What ``usage.cost`` is in."""
        return self._options.currency

    def reads(self, language: str) -> bool:
        """Whether texts in this language (ISO 639 code) can be read."""
        return re.split("[-_]", language.lower(), maxsplit=1)[0] not in UNSPACED

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        """See ``Extractor.extract``; the same text need not give the same answer.

        All of the text or nothing: if one window of a long text gets no usable answer after all retries, or the
        deadline passes, :class:`ExtractorUnavailable` is raised, and what other windows gave is not returned, as a list
        that lacks a part of the text would look like a text that says less.
        """
        if not self.reads(language):
            return []
        doc = Document(text)
        if not any(word[0].isalnum() for word in doc.words):
            return []
        drafts = self._drafts(doc)
        lex = lexicon(language)
        if lex is not None:
            return finish(doc, lex, Reader(doc, lex), drafts, published)
        english = lexicon("en")
        assert english is not None
        return [_without_circumstances(found) for found in finish(doc, english, Reader(doc, english), drafts, None)]

    def _drafts(self, doc: Document) -> list[Draft]:
        deadline = self._endpoint.clock() + self._options.deadline_seconds
        placer = Placer(doc)
        drafts: list[Draft] = []
        try:
            for window in windows(doc, size=self._options.window):
                drafts += self._read(doc, Gate(doc, window, placer), window, deadline=deadline)
        finally:
            log.info(
                "The language model %s was asked: %s, costs in %s",
                self._options.model,
                self.usage,
                self._options.currency,
            )
        return once(drafts)

    def _read(self, doc: Document, gate: Gate, window: Window, *, deadline: float) -> list[Draft]:
        self._gated += Usage(windows=1)
        try:
            answer = self._endpoint.ask(doc.text[window.start : window.end], deadline=deadline)
        except ExtractorUnavailable:
            self._gated += Usage(windows_failed=1)
            raise
        self._gated += Usage(attributions_dropped=answer.malformed)
        drafts = []
        for told in answer.told:
            checked = gate.check(told)
            self._gated += Usage(
                spans_dropped=checked.dropped, attributions_dropped=int(not isinstance(checked, Passed))
            )
            if isinstance(checked, Passed) and window.owns_from <= doc.starts[checked.cue[0].first] < window.owns_to:
                drafts.append(_draft(doc, told, checked))
        return drafts


def version_of(options: LlmOptions) -> str:
    """What decides how a text is read: revision of this code, the question, sizes and model; at most 56 characters.

    The name of a model that is too long is cut, and told from its like by the hash before it.
    """
    asked = f"{fingerprint()} {options.window} {options.max_tokens} {options.model}"
    digest = hashlib.sha256(asked.encode()).hexdigest()[:8]
    return f"{REVISION}-{digest}+{options.model.strip()}"[:LONGEST_VERSION]


def once(drafts: Iterable[Draft]) -> list[Draft]:
    """Of drafts with the same cue and the same content, the first of the surest."""
    best: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        key = (tuple(draft.cue), tuple(draft.content))
        if key not in best or best[key].confidence < draft.confidence:
            best[key] = draft
    return list(best.values())


def _draft(doc: Document, told: Told, passed: Passed) -> Draft:
    return Draft(
        source=list(passed.source),
        cue=list(passed.cue),
        content=list(passed.content),
        kind=told.kind,
        pattern="llm",
        confidence=confidence(doc, passed),
        verb=passed.cue[-1].last,
        target=passed.target,
    )


def confidence(doc: Document, passed: Passed) -> float:
    """Less for each sign that the model was not careful: words that are not there, parts that were said to hold
    another, a source in another paragraph than its cue."""
    near = {doc.paragraph[part.first] for part in passed.cue}
    signs = (
        passed.dropped > 0,
        passed.cut,
        bool(passed.source) and doc.paragraph[passed.source[0].first] not in near,
    )
    return CONFIDENT - LESS * sum(signs)


def _without_circumstances(found: Attribution) -> Attribution:
    """Without what English words in a text of another language were taken to say."""
    return replace(found, figures=(), channel=None, said=None, antecedent=None)
