"""Our extractors beside textacy's: what is handed over, how it comes back, what is shown. Nobody's speed is tested."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from apps.attribution.parsing import OWN
from ops import bench_attribution
from ops.paths import CannotGoOnError

TEXT = "BOAT SUNK\n“We saw no boat,” said Brannig."
SPOKEN = {"source": [[32, 39]], "cue": [[27, 31]], "content": [[10, 26]]}
VERSIONS = {"python": "3.11.0", "spacy": "3.8.0", "textacy": "0.13.0"}
HALF = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3}


class Runner:
    """Stands for the processes: answers as they do, and notes what it was asked."""

    def __init__(self, found: Sequence[dict[str, Any]]) -> None:
        self.commands: list[Sequence[str]] = []
        self.pieces: list[dict[str, Any]] = []
        self.found = found

    def __call__(self, command: Sequence[str]) -> str:
        self.commands.append(command)
        if "apps.attribution" in command:
            name = command[command.index("--extractor") + 1]
            return json.dumps(
                {
                    "extractor": {"name": name, "version": f"{name} 1"},
                    "attributions": {"gold": 1, "predicted": 2},
                    "tokens_per_second": 5000,
                    "measures": dict.fromkeys(bench_attribution.MEASURES.values(), HALF),
                }
            )
        source, target = map(Path, command[-2:])
        self.pieces = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
        target.write_text("".join(json.dumps(line) + "\n" for line in self.found), encoding="utf-8")
        return json.dumps({"seconds": 0.5, "pieces": len(self.pieces), "refused": 1, "versions": VERSIONS})


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    records = [{"doc_id": f"d{n}", "text": TEXT, "attributions": [SPOKEN]} for n in range(2)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def runner() -> Runner:
    """textacy finds the words in the second document, and nothing else."""
    return Runner([{"doc": 0, "attributions": []}, {"doc": 1, "attributions": [SPOKEN]}])


def test_textacy_gets_every_line_with_plain_marks_and_its_place(gold: Path, runner: Runner) -> None:
    bench_attribution.compare(gold, run=runner)

    assert runner.pieces[:2] == [
        {"doc": 0, "offset": 0, "text": "BOAT SUNK"},
        {"doc": 0, "offset": 10, "text": '"We saw no boat," said Brannig.'},
    ]
    assert [piece["doc"] for piece in runner.pieces] == [0, 0, 1, 1]


def test_textacy_reads_our_pipeline_in_its_own_environment(gold: Path, runner: Runner) -> None:
    bench_attribution.compare(gold, run=runner)

    python, script, pipeline = runner.commands[-1][:3]
    assert Path(python) == bench_attribution.BENCH
    assert Path(script).is_file()
    assert (Path(pipeline) / "config.cfg").is_file()


def test_what_textacy_found_is_scored_as_ours_is(gold: Path, runner: Runner) -> None:
    result = bench_attribution.compare(gold, run=runner)

    default, rules, textacy = result["systems"]
    assert [system["system"] for system in (default, rules, textacy)] == ["default", "rules", "textacy"]
    assert default["measures"]["full"] == HALF
    assert textacy["measures"]["full"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert textacy["measures"]["indirect"]["f1"] == 0
    assert (textacy["predicted"], textacy["lines"], textacy["lines_refused"]) == (1, 4, 1)
    assert textacy["tokens_per_second"] == 48, "twelve tokens in each of two documents, in half a second"
    assert result["versions"]["textacy"] == VERSIONS
    assert (result["documents"], result["attributions"]) == (2, 2)
    assert result["pipeline"] == {"name": "counterclaim_en", "version": "1.0.0"}


def test_the_command_prints_json_or_a_table(gold: Path, runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_attribution.main(["--gold", str(gold), "--json"], run=runner) == 0
    assert len(json.loads(capsys.readouterr().out)["systems"]) == 3

    assert bench_attribution.main(["--gold", str(gold)], run=runner) == 0
    size, head, *rows, _note = capsys.readouterr().out.splitlines()
    assert size == "gold.jsonl: 2 documents, 2 attributions."
    assert head.split()[:2] == ["system", "version"]
    assert [row.split()[0] for row in rows] == ["default", "rules", "textacy"]
    assert rows[2].split()[2:5] == ["100.0", "50.0", "66.7"]


def test_a_missing_gold_file_is_named(runner: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_attribution.main(["--gold", str(tmp_path / "none.jsonl")], run=runner) == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_a_process_that_fails_is_shown_with_its_complaint() -> None:
    assert bench_attribution.run_alone([sys.executable, "-c", "print('well')"]) == "well\n"
    with pytest.raises(CannotGoOnError, match="no such thing"):
        bench_attribution.run_alone([sys.executable, "-c", "import sys; sys.exit('no such thing')"])


def test_a_process_is_held_to_one_thread() -> None:
    code = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['OPENBLAS_NUM_THREADS'])"
    assert bench_attribution.run_alone([sys.executable, "-c", code]).split() == ["1", "1"]


Extract = Callable[[Doc], Iterator[SimpleNamespace]]


@pytest.fixture
def beside_textacy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Extract], ModuleType]:
    """The script that runs beside textacy, with a stand-in for textacy."""

    def load(extract: Extract) -> ModuleType:
        names: dict[str, dict[str, Any]] = {
            "textacy.constants": {"REPORTING_VERBS": {"en": {"say", "deny", "note", "admit"}}}
        }
        names |= {"textacy": {}, "textacy.extract": {"direct_quotations": extract}}
        for name, content in names.items():
            module = ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.delitem(sys.modules, "ops.bench_textacy", raising=False)
        script = importlib.import_module("ops.bench_textacy")
        monkeypatch.delitem(sys.modules, "ops.bench_textacy")
        monkeypatch.setattr(script, "version", lambda name: VERSIONS[name])
        return script

    return load


def first_and_last(doc: Doc) -> Iterator[SimpleNamespace]:
    """As textacy refuses odd marks; otherwise a speaker of two runs, and all but the last token as content."""
    if doc.text.count('"') % 2:
        raise ValueError("unclosed")
    yield SimpleNamespace(speaker=[doc[0], doc[1], doc[3]], cue=[doc[2]], content=doc[: len(doc) - 1])


def test_runs_of_tokens_come_back_as_places_in_the_document(
    beside_textacy: Callable[[Extract], ModuleType], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = [
        {"doc": 0, "offset": 100, "text": "The envoy denied it."},
        {"doc": 1, "offset": 0, "text": '"A mark too many'},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(piece) + "\n" for piece in pieces), encoding="utf-8")
    script = beside_textacy(first_and_last)

    assert script.main([str(OWN), str(source), str(target)]) == 0

    first, second = (json.loads(line) for line in target.read_text(encoding="utf-8").splitlines())
    (found,) = first["attributions"]
    assert found == {"source": [[100, 109], [117, 119]], "cue": [[110, 116]], "content": [[100, 119]]}
    assert second == {"doc": 1, "attributions": []}
    took = json.loads(capsys.readouterr().out)
    assert (took["pieces"], took["refused"], took["versions"]["textacy"]) == (2, 1, "0.13.0")


def test_verbs_and_the_lemmas_of_reporting_verbs_are_filled_in(
    beside_textacy: Callable[[Extract], ModuleType],
) -> None:
    script = beside_textacy(first_and_last)
    words = ["He", "was", "denying", "what", "she", "said", "he", "noted"]
    tags = ["PRP", "VBD", "VBG", "WP", "PRP", "VBD", "PRP", "VBD"]
    deps = ["nsubj", "aux", "root", "obj", "nsubj", "ccomp", "nsubj", "ccomp"]
    doc = Doc(spacy.blank("en").vocab, words=words, tags=tags, deps=deps, heads=[2, 2, 2, 5, 5, 2, 7, 5])

    script.prepared(doc, script.lemmas(["say", "deny", "note", "admit"]))

    assert [token.lemma_ for token in doc if token.pos_ == "VERB"] == ["deny", "say", "note"]
    assert doc[1].pos_ == "AUX"


@pytest.mark.parametrize(
    ("form", "verb"), [("denies", "deny"), ("says", "say"), ("noting", "note"), ("admitted", "admit"), ("told", "tell")]
)
def test_inflected_forms_lead_to_their_verb(
    beside_textacy: Callable[[Extract], ModuleType], form: str, verb: str
) -> None:
    assert beside_textacy(first_and_last).lemmas(["say", "deny", "note", "admit"])[form] == verb
