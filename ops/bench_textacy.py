"""textacy's quotation extraction over a spaCy pipeline; runs in the environment of requirements/bench.txt.

    .tools/bench/bin/python ops/bench_textacy.py PIPELINE IN.jsonl OUT.jsonl

Lines of IN have ``doc``, ``offset`` and ``text``: a piece of a document, and where it begins. Lines of OUT have ``doc``
and ``attributions`` with source, cue and content as lists of [start, end] in the document. What it took is printed as
JSON. It knows nothing of this project: the pipeline comes by path, the texts by file.

textacy wants three things that our pipeline does not make. Sentences come from spaCy's rules, since our parser is
trained on one sentence at a time; verbs from the tags; and of lemmas those of textacy's own reporting verbs.
"""

import json
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token
from textacy.constants import REPORTING_VERBS
from textacy.extract import direct_quotations

IRREGULAR = {
    "said": "say",
    "told": "tell",
    "thought": "think",
    "wrote": "write",
    "written": "write",
    "admitted": "admit",
    "admitting": "admit",
}
AUXILIARIES = ("aux", "aux:pass", "cop")


def lemmas(verbs: Iterable[str]) -> dict[str, str]:
    """Inflected form -> verb."""
    found: dict[str, str] = {}
    for verb in verbs:
        stem = verb.removesuffix("e")
        # "deny", "denies", "denied"; but "say", "says".
        short = verb[:-1] + "i" if verb[-1] == "y" and verb[-2] not in "aeiou" else stem
        found |= dict.fromkeys((verb, f"{verb}s", f"{short}es", f"{short}ed", f"{stem}ing"), verb)
    return found | IRREGULAR


def prepared(doc: Doc, known: dict[str, str]) -> Doc:
    """The document with the parts of speech and lemmas that textacy asks for."""
    for token in doc:
        if token.tag_.startswith("VB"):
            token.pos_ = "AUX" if token.dep_ in AUXILIARIES else "VERB"
        token.lemma_ = known.get(token.lower_, token.lower_)
    return doc


def spans(tokens: Sequence[Token], offset: int) -> list[list[int]]:
    """Runs of neighbouring tokens as [start, end] from where the document begins."""
    runs: list[list[int]] = []
    last = -2
    for token in tokens:
        start, end = offset + token.idx, offset + token.idx + len(token)
        if token.i == last + 1:
            runs[-1][1] = end
        else:
            runs.append([start, end])
        last = token.i
    return runs


def quotations(doc: Doc, offset: int) -> list[dict[str, Any]] | None:
    """What textacy finds in a piece; None where it refuses, as it does where quotation marks are odd in number."""
    try:
        return [
            {
                "source": spans(found.speaker, offset),
                "cue": spans(found.cue, offset),
                "content": [[offset + found.content.start_char, offset + found.content.end_char]],
            }
            for found in direct_quotations(doc)
        ]
    except ValueError:
        return None


def run(nlp: Language, pieces: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Attributions of every piece, and what it took after the pipeline was loaded."""
    known = lemmas(REPORTING_VERBS["en"])
    quotations(prepared(nlp("A spokesman said so."), known), 0)
    began = time.perf_counter()
    out, refused = [], 0
    for doc, piece in zip(nlp.pipe(piece["text"] for piece in pieces), pieces, strict=True):
        found = quotations(prepared(doc, known), piece["offset"])
        refused += found is None
        out.append({"doc": piece["doc"], "attributions": found or []})
    return out, {"seconds": time.perf_counter() - began, "pieces": len(pieces), "refused": refused}


def main(arguments: Sequence[str]) -> int:
    pipeline, source, target = arguments
    nlp = spacy.load(pipeline)
    nlp.add_pipe("sentencizer", first=True)
    pieces = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    out, took = run(nlp, pieces)
    Path(target).write_text("".join(json.dumps(line) + "\n" for line in out), encoding="utf-8")
    versions = {"python": platform.python_version(), "spacy": version("spacy"), "textacy": version("textacy")}
    print(json.dumps({**took, "versions": versions}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
