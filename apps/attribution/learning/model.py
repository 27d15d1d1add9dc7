"""A fitted model as bytes, and back: two conditional random fields and what is known of them.

The bytes are a ZIP archive (dates fixed, so that the same fit gives the same bytes) of ``cue.crf``, ``span.crf``
(CRFsuite's own format) and ``about.json``, which has the digests of both. Nothing in it is executed when it is read,
but CRFsuite trusts its own format: load only models that you or your installation made.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pycrfsuite

from apps.attribution.types import ExtractorUnavailable

FORMAT = 1
MEMBERS = ("cue.crf", "span.crf", "about.json")
LARGEST = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model: its bytes, its version (a digest of them), and figures on texts it was not fitted on.

    ``figures`` has ``documents`` and ``attributions`` (fitted on), and ``held_out``: how many documents, how they were
    held out, and the measures of ``scoring.score`` for this model and for the default extractor on the same texts.
    """

    model: bytes
    version: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fields:
    """The two taggers, ready to use, and the version of the parse and rules whose features they were fitted to."""

    cue: pycrfsuite.Tagger
    span: pycrfsuite.Tagger
    made_with: str
    version: str
    bodies: tuple[bytes, bytes]
    """What the taggers read from as they work: CRFsuite keeps a pointer, not a copy."""


def pack(*, cue: bytes, span: bytes, made_with: str) -> bytes:
    """One archive of both fields."""
    digests = [hashlib.sha256(body).hexdigest() for body in (cue, span)]
    told = {"format": FORMAT, "made_with": made_with, "sha256": digests}
    about = json.dumps(told, sort_keys=True).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, body in zip(MEMBERS, (cue, span, about), strict=True):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def version_of(model: bytes) -> str:
    """What a model is called: the first twelve hexadecimal digits of its SHA-256."""
    return hashlib.sha256(model).hexdigest()[:12]


def unpack(model: bytes) -> Fields:
    """Raises :class:`ExtractorUnavailable` for bytes that are no model, or one of another format."""
    try:
        with zipfile.ZipFile(io.BytesIO(model)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise ValueError("too large")
            cue, span, about = (archive.read(name) for name in MEMBERS)
        told = json.loads(about)
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']}")
        # CRFsuite reads what it is given without looking: a damaged field would end the process, not raise.
        if told["sha256"] != [hashlib.sha256(body).hexdigest() for body in (cue, span)]:
            raise ValueError("damaged")
        fields = Fields(_tagger(cue), _tagger(span), str(told["made_with"]), version_of(model), (cue, span))
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        reason = "These bytes are no trained model of a kind this version reads."
        raise ExtractorUnavailable(reason, code="model_unreadable", transient=False) from error
    return fields


def _tagger(body: bytes) -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(body)
    return tagger
