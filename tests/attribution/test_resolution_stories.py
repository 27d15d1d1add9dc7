"""The sources of whole invented articles, as people named them, find their way into the dossier."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from apps.attribution.resolution import Name, Names, resolve
from tests.attribution.stories.building import BUILT


def _known(article: Mapping[str, Any]) -> tuple[list[str], Names]:
    """The dossier's sources by number, and all their names."""
    sources = article["sources"]
    names = [
        Name(number, text, form)
        for number, source in enumerate(sources)
        for text, form in [(source["name"], "preferred"), *((a["name"], a["form"]) for a in source["aliases"])]
    ]
    return [source["id"] for source in sources], Names(names)


def _judged() -> Counter[str]:
    """Of every attribution, given its source and antecedent as people read them: what became of it."""
    counts: Counter[str] = Counter()
    for line in BUILT.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        text, (ids, names) = article["text"], _known(article)
        before: list[str] = []
        for gold in article["attributions"]:
            mention = " ".join(text[start:end] for start, end in gold["source"])
            fuller = (gold.get("antecedent") or {}).get("surface")
            found = resolve(mention, names, antecedent=fuller, context=before[::-1][:12])
            before.append(fuller or mention)
            actor = ids[found.source_id] if found.source_id is not None else None
            right = actor == gold["actor"]
            counts["right" if right else "missed" if actor is None else "wrong"] += 1
            counts["too certain"] += found.certain and not (right and gold["certain"])
            counts["as certain"] += right and found.certain == gold["certain"]
    return counts


def test_nearly_all_are_found_hardly_any_wrongly_or_more_certain_than_a_person_was() -> None:
    counts = _judged()
    total = counts["right"] + counts["missed"] + counts["wrong"]

    assert total > 100
    assert counts["wrong"] <= 0.01 * total, counts
    assert counts["too certain"] <= 0.01 * total, counts
    assert counts["right"] >= 0.93 * total, counts
    assert counts["as certain"] >= 0.88 * total, counts
