"""The engine from the command line, with no Django and no database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from apps.attribution.__main__ import main

DOCUMENT = {
    "doc_id": "d1",
    "text": "The bridge is down, the ministry said on Tuesday. It denied that 12 people were killed.",
    "published": "2024-05-08",
    "attributions": [{"source": [[20, 32]], "cue": [[33, 37]], "content": [[0, 18]]}],
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(DOCUMENT) + "\n\n", encoding="utf-8")
    return path


def test_annotate_writes_each_document_with_what_was_found(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"

    assert main(["annotate", str(corpus), str(out), "--extractor", "rules"]) == 0

    (line,) = out.read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    said, denied = written["attributions"]
    assert written["extractor"] == {"name": "rules", "version": "2.0"}
    assert (written["doc_id"], written["text"]) == (DOCUMENT["doc_id"], DOCUMENT["text"])
    assert (said["source"], said["content"]) == ([[20, 32]], [[0, 18]])
    assert said["said"] == {
        "on": "2024-05-07",
        "begins": "2024-05-07T00:00:00",
        "ends": "2024-05-08T00:00:00",
        "precision": "day",
        "words": [41, 48],
    }
    assert (denied["kind"], denied["antecedent"]["surface"]) == ("denial", "the ministry")
    assert denied["figures"] == []  # what is denied is not stated
    assert ": 1." in capsys.readouterr().out


def test_evaluate_prints_the_measures_as_json(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(corpus), "--json"]) == 0

    result = json.loads(capsys.readouterr().out)
    assert result["extractor"]["name"] == "default"
    assert result["attributions"] == {"gold": 1, "predicted": 2}
    assert result["measures"]["full.all"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)}
    assert result["tokens_per_second"] > 0


def test_evaluate_prints_a_table_for_people(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(corpus)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("full.all")).split() == ["full.all", "50.0", "100.0", "66.7"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "“doc_id” and “text”"),
        ('{"doc_id": 1, "text": 2}', "“doc_id” and “text”"),
        ('{"doc_id": "a", "text": "b"}', "no list of “attributions”"),
        ('{"doc_id": "a", "text": "b", "attributions": [], "published": "soon"}', "soon"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(
    tmp_path: Path, line: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(line, encoding="utf-8")

    assert main(["evaluate", "--gold", str(bad)]) == 2
    assert complaint in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(tmp_path / "none.jsonl"), str(tmp_path / "out.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_the_engine_loads_without_django() -> None:
    code = "import sys, apps.attribution.__main__; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("attributions", "said"),
    [
        ([{"source": [], "cue": []}], "“content” is no list of"),
        ([{"source": [], "cue": [[0, 999]], "content": [[0, 3]]}], "“cue” is no list of"),
        ([{"source": [[3, 1]], "cue": [], "content": [[0, 3]]}], "“source” is no list of"),
        ([{"source": [[True, 2]], "cue": [], "content": [[0, 3]]}], "“source” is no list of"),
        (["said"], "an object is wanted"),
    ],
)
def test_gold_that_is_no_gold_is_refused_in_words(
    attributions: list[object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"doc_id": "a", "text": "He said so.", "attributions": attributions}))

    assert main(["evaluate", "--gold", str(gold)]) == 2
    assert said in capsys.readouterr().err


def test_an_empty_gold_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n")

    assert main(["evaluate", "--gold", str(gold)]) == 2
    assert "there is no document in it" in capsys.readouterr().err


def test_an_extractor_that_is_none_is_named(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(corpus), "--extractor", "oracle"]) == 2
    assert "There is no extractor called 'oracle'" in capsys.readouterr().err


def test_evaluate_tells_phenomena_apart_weakest_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "The army said it had left."
    right = {"source": [[0, 8]], "cue": [[9, 13]], "content": [[14, 25]]}
    lines = [
        {"doc_id": 1, "phenomenon": "easy", "text": text, "attributions": [right]},
        {"doc_id": 2, "phenomenon": "hard", "text": text, "attributions": [right, right | {"source": [[14, 16]]}]},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(map(json.dumps, lines)))

    assert main(["evaluate", "--gold", str(gold), "--extractor", "rules", "--json"]) == 0
    hard, easy = json.loads(capsys.readouterr().out)["phenomena"]

    assert (hard["phenomenon"], hard["documents"], hard["whole"], hard["gold"], hard["found"]) == ("hard", 1, 0, 2, 1)
    assert (easy["phenomenon"], easy["whole"], easy["found"]) == ("easy", 1, 1)


def test_train_writes_a_model_that_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    challenge = Path(__file__).parent / "challenge" / "en.jsonl"
    lines = challenge.read_text(encoding="utf-8").splitlines()
    (tmp_path / "train.jsonl").write_text("\n".join(lines[10:80]), encoding="utf-8")
    (tmp_path / "dev.jsonl").write_text("\n".join(lines[:10]), encoding="utf-8")
    model = tmp_path / "model"

    assert main(["train", str(tmp_path), "--out", str(model)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["held_out"]["documents"] == 10
    assert main(["evaluate", "--gold", str(tmp_path / "dev.jsonl"), "--extractor", f"trained:{model}", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)

    assert again["extractor"] == {"name": "trained", "version": told["version"]}
    assert again["measures"]["full.all"]["f1"] == pytest.approx(told["held_out"]["trained"]["full.all"]["f1"])


def test_too_little_to_train_on_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.jsonl").write_text(json.dumps({"doc_id": 1, "text": "He said so.", "attributions": []}))

    assert main(["train", str(tmp_path), "--out", str(tmp_path / "model")]) == 2
    assert "at least 20 with 100 are needed" in capsys.readouterr().err


def test_annotating_a_file_onto_itself_keeps_its_documents(corpus: Path) -> None:
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines() if line.strip()]

    assert main(["annotate", str(corpus), str(corpus), "--extractor", "rules"]) == 0

    lines = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in lines] == texts
    assert all(line["extractor"]["name"] == "rules" for line in lines)


def test_a_failing_annotation_leaves_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"doc_id": 1, "text": "He said so."}\n\xff\n')
    target.write_text("kept")

    assert main(["annotate", str(source), str(target), "--extractor", "rules"]) == 2

    assert target.read_text() == "kept"
    assert "line 2: not UTF-8" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_lone_surrogate_is_written_as_json_escapes_it(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"doc_id": 1, "text": "\\ud800 The army said it had left."}')

    assert main(["annotate", str(source), str(target), "--extractor", "rules"]) == 0
    assert json.loads(target.read_text())["text"].startswith("\ud800")
