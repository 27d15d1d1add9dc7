"""Fitting the model, and honest figures for it: measured only on texts it was not fitted on.

Two stages, as Pareti (2015) and Citron (Newell et al. 2018) divide the work: a linear-chain conditional random field
(Lafferty et al. 2001; CRFsuite) marks cues, a second one marks source and content given a cue, so that nested and
discontinuous spans come out by themselves. What the rules found is among the features of both.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pycrfsuite

from apps.attribution.learning.cue_features import cue_features, hints
from apps.attribution.learning.extracting import Eye, TrainedExtractor
from apps.attribution.learning.model import Trained, pack, version_of
from apps.attribution.learning.pages import Page
from apps.attribution.learning.reading import Record, cue_labels, cue_of, span_labels
from apps.attribution.learning.span_features import window_features
from apps.attribution.parsed_extractor import ParsedExtractor
from apps.attribution.records import as_record
from apps.attribution.scoring import score
from apps.attribution.types import Extractor

FEWEST_DOCUMENTS = 20
FEWEST_ATTRIBUTIONS = 100
FOLDS = 3
SHOWN = ("full.all", "full.direct", "full.mixed", "full.indirect", "cue.exact", "source.exact", "content.exact")
Report = Callable[[str], None]
Sequences = Iterator[tuple[list[list[str]], list[str]]]


class TooLittle(ValueError):
    """There are too few documents or attributions to fit a model on. Says how many are wanted."""


def train(
    records: Sequence[Record], *, held_out: Sequence[Record] | None, seed: int = 0, report: Report = lambda _: None
) -> Trained:
    """A model fitted on all ``records`` (``text`` and ``attributions`` each), with figures on texts held out.

    Where ``held_out`` is None the figures come from models fitted on two thirds of the documents each and measured on
    the third left out, so they flatter nothing and are a little low for the model itself. Raises :class:`TooLittle`.
    """
    found = sum(len(record["attributions"]) for record in records)
    if len(records) < FEWEST_DOCUMENTS or found < FEWEST_ATTRIBUTIONS:
        raise TooLittle(
            f"There are {len(records)} documents with {found} attributions; at least {FEWEST_DOCUMENTS} with "
            f"{FEWEST_ATTRIBUTIONS} are needed."
        )
    eye = Eye()
    report(f"Reading {len(records)} documents.")
    pages = [eye.page(record["text"]) for record in records]
    if held_out is None:
        measures, how = _crossed(records, pages, seed=seed, eye=eye, report=report), f"{FOLDS}-fold by document"
        model = _fit(records, pages, eye=eye, report=report)
        documents = len(records)
    else:
        model = _fit(records, pages, eye=eye, report=report)
        report(f"Measuring on {len(held_out)} documents held out.")
        using = TrainedExtractor(model)
        measures, how = _measured((record, using) for record in held_out), "given"
        documents = len(held_out)
    default = ParsedExtractor()
    texts = held_out if held_out is not None else records
    figures = {
        "documents": len(records),
        "attributions": found,
        "held_out": {
            "documents": documents,
            "how": how,
            "trained": measures,
            "default": _measured((r, default) for r in texts),
        },
    }
    return Trained(model=model, version=version_of(model), figures=figures)


def _crossed(
    records: Sequence[Record], pages: Sequence[Page], *, seed: int, eye: Eye, report: Report
) -> dict[str, dict[str, float]]:
    order = list(range(len(records)))
    random.Random(seed).shuffle(order)  # noqa: S311
    pairs: list[tuple[Record, Extractor]] = []
    for fold in range(FOLDS):
        left = set(order[fold::FOLDS])
        kept = [n for n in order if n not in left]
        report(f"Fold {fold + 1} of {FOLDS}: fitting on {len(kept)} documents, measuring on {len(left)}.")
        model = _fit([records[n] for n in kept], [pages[n] for n in kept], eye=eye, report=report)
        using = TrainedExtractor(model)
        pairs += [(records[n], using) for n in left]
    return _measured(pairs)


def _measured(pairs: Iterable[tuple[Record, Extractor]]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of the measures that matter, each text read by the extractor beside it."""
    read = ((r["text"], r["attributions"], [as_record(a) for a in using.extract(r["text"])]) for r, using in pairs)
    measures = score(read)
    return {
        name: {"precision": m.precision, "recall": m.recall, "f1": m.f1}
        for name, m in measures.items()
        if name in SHOWN
    }


def _fit(records: Sequence[Record], pages: Sequence[Page], *, eye: Eye, report: Report) -> bytes:
    report("Fitting cues.")
    cue = _field(_cue_sequences(records, pages), {"c1": 0.05, "c2": 1.0, "max_iterations": 110, "feature.minfreq": 2})
    report("Fitting sources and contents.")
    span = _field(_span_sequences(records, pages), {"c1": 0.05, "c2": 0.5, "max_iterations": 80, "feature.minfreq": 3})
    return pack(cue=cue, span=span, made_with=eye.version)


def _field(sequences: Sequences, parameters: Mapping[str, Any]) -> bytes:
    trainer = pycrfsuite.Trainer("lbfgs", dict(parameters), verbose=False)
    for features, labels in sequences:
        trainer.append(features, labels)
    with tempfile.TemporaryDirectory(prefix="counterclaim-fit-") as folder:
        target = Path(folder) / "field.crf"
        trainer.train(str(target))
        return target.read_bytes()


def _cue_sequences(records: Sequence[Record], pages: Sequence[Page]) -> Sequences:
    for record, page in zip(records, pages, strict=True):
        cues = [cue for attribution in record["attributions"] if (cue := cue_of(page, attribution)) is not None]
        labels, hinted = cue_labels(page, cues), hints(page)
        for sentence in page.doc.sentences:
            features = cue_features(page, sentence.first, sentence.last, hinted)
            yield features, labels[sentence.first : sentence.last + 1]


def _span_sequences(records: Sequence[Record], pages: Sequence[Page]) -> Sequences:
    for record, page in zip(records, pages, strict=True):
        base: list[list[str] | None] = [None] * len(page.doc)
        for attribution in record["attributions"]:
            cue = cue_of(page, attribution)
            if cue is None or not attribution["content"]:
                continue
            first, last, features = window_features(page, cue, base)
            yield features, span_labels(page, attribution, first, last)
