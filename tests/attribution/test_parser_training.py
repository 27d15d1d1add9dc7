"""The small English pipeline is trained from treebanks in CoNLL-U, the same way every time."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
import spacy
from spacy.training import Example

from apps.attribution.__main__ import main
from apps.attribution.parser_training import fitting
from apps.attribution.parser_training.treebanks import BadTreebank, Word, example, files, read_sentences, treebank
from apps.attribution.parsing import parse, pipeline
from apps.attribution.segmentation import Document

TREEBANK = Path(__file__).parent / "treebank"
STEPS = "20"
WORD = "{id}\t{form}\t_\tNOUN\tNN\t_\t{head}\t{relation}\t_\t{misc}\n"


def row(name: str, form: str = "word", head: str = "0", relation: str = "root", misc: str = "_") -> str:
    return WORD.format(id=name, form=form, head=head, relation=relation, misc=misc)


def write(folder: Path, text: str) -> Path:
    path = folder / "own-train.conllu"
    path.write_text(text, encoding="utf-8")
    return path


def sentence(number: int) -> list[Word]:
    """The sentence of that number of our own treebank."""
    return list(read_sentences(TREEBANK / "own-train.conllu"))[number - 1]


def learnt(number: int) -> Example:
    return example(sentence(number), spacy.blank("en").vocab)


def surface(words: list[Word]) -> str:
    return "".join(word.form + " " * word.spaced for word in words)


def hashes(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline trained on our own treebank for a few steps."""
    out = tmp_path_factory.mktemp("trained") / "en"
    assert main(["train-parser", str(TREEBANK), "--out", str(out), "--steps", STEPS]) == 0
    return out


def test_what_was_trained_parses_as_the_engine_asks_for_it(trained: Path) -> None:
    doc = Document("The ministry denied the report.")

    found = parse(doc, doc.sentences, pipeline(str(trained)))

    assert all(found.has(k) for k in range(len(doc)))
    assert all(found.tags)


def test_the_same_treebanks_give_the_same_bytes(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "en"
    assert main(["train-parser", str(TREEBANK), "--out", str(again), "--steps", STEPS]) == 0

    assert hashes(again) == hashes(trained)
    printed, progress = capsys.readouterr()
    figures = json.loads(printed)
    assert set(figures) == {"uas", "las", "tag_accuracy", "sentences", "steps", "bytes"}
    assert (figures["sentences"], figures["steps"]) == (2, 20)
    assert 0 <= figures["las"] <= figures["uas"] <= 1
    assert "Pipeline" in progress, "spaCy reports on the error stream"


def test_fewer_steps_give_other_weights(trained: Path, tmp_path: Path) -> None:
    other = tmp_path / "en"
    assert main(["train-parser", str(TREEBANK), "--out", str(other), "--steps", "3"]) == 0
    assert hashes(other)["tok2vec/model"] != hashes(trained)["tok2vec/model"]


def test_nothing_that_only_training_needs_is_kept(trained: Path) -> None:
    strings = json.loads((trained / "vocab" / "strings.json").read_text(encoding="utf-8"))
    config = (trained / "config.cfg").read_text(encoding="utf-8")

    assert "nsubj" in strings or "dep" in strings
    assert not {"ministry", "Orland"} & set(strings), "words of the treebanks do not travel with the weights"
    assert str(TREEBANK) not in config
    assert "[training" not in config


def test_a_treebank_of_unknown_licence_leaves_the_licence_open(trained: Path) -> None:
    meta = json.loads((trained / "meta.json").read_text(encoding="utf-8"))

    assert (meta["name"], meta["version"], meta["license"]) == ("counterclaim_en", "1.0.0", "")
    assert meta["sources"] == [{"name": "own"}]


def test_the_weights_that_ship_say_their_licence_and_are_small() -> None:
    shipped = Path(fitting.__file__).parent.parent / "weights" / "en"
    meta = json.loads((shipped / "meta.json").read_text(encoding="utf-8"))

    assert (meta["name"], meta["version"], meta["license"]) == ("counterclaim_en", "1.0.0", "CC BY-SA 4.0")
    assert [source["name"].split(",")[0] for source in meta["sources"]] == ["UD English EWT", "UD English GUM"]
    assert sum(path.stat().st_size for path in shipped.rglob("*") if path.is_file()) < 12_000_000
    assert "CC BY-SA 4.0" in (shipped.parent / "NOTICE.md").read_text(encoding="utf-8")


def test_weights_that_are_too_large_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fitting, "MOST_BYTES", 1_000)
    assert main(["train-parser", str(TREEBANK), "--out", str(tmp_path / "en"), "--steps", "1"]) == 0
    assert "more than 1,000" in capsys.readouterr().err


def test_comments_ranges_and_empty_nodes_are_no_words() -> None:
    assert [word.form for word in sentence(3)] == ["We", "do", "n't", "know", "who", "fired", "."]
    assert "took" not in [word.form for word in sentence(8)][3:]
    assert surface(sentence(8)) == "The convoy took the northern road, the trucks the coast."


def test_a_multiword_token_is_cut_as_the_engine_cuts_it() -> None:
    found = learnt(3)

    assert surface(sentence(3)) == "We don't know who fired."
    assert [token.text for token in found.predicted] == ["We", "do", "n't", "know", "who", "fired", "."]
    assert found.get_aligned("TAG", as_string=True) == ["PRP", "VBP", "RB", "VB", "PRP", "VBD", "."]


def test_a_space_after_a_range_follows_its_last_word(tmp_path: Path) -> None:
    rows = row("1-2", "cannot") + row("1", "can", "2", "aux") + row("2", "not") + row("3", "stay", "2", "dep")
    (words,) = read_sentences(write(tmp_path, rows + "\n"))
    assert surface(words).strip() == "cannot stay"


def test_of_a_hyphenated_word_nothing_is_learnt_and_its_neighbours_keep_their_places() -> None:
    found = learnt(4)

    assert [token.text for token in found.predicted] == ["Both", "sides", "broke", "the", "cease-fire", "."]
    assert len(found.reference) == 8, "three words in the treebank"
    heads, relations = found.get_aligned_parse(projectivize=False)  # type: ignore[no-untyped-call]
    assert list(zip(heads, relations, strict=True)) == [
        *((1, "det"), (2, "nsubj"), (2, "root"), (4, "det"), (None, None), (2, "punct")),
    ]


def test_typographic_marks_are_learnt_as_plain_ones() -> None:
    assert [token.text for token in learnt(5).predicted][:7] == ['"', "Nobody", "was", "hurt", ",", '"', "said"]


def test_subtypes_the_engine_does_not_tell_apart_are_dropped() -> None:
    words = [Word("It", "PRP", 2, "nsubj:pass", True), Word("burnt", "VBN", 0, "root", True)]
    words.append(Word("out", "RP", 2, "compound:prt", False))

    made = example(words, spacy.blank("en").vocab)

    assert [token.dep_ for token in made.reference] == ["nsubj:pass", "root", "compound"]


def test_documents_of_a_genre_that_may_not_be_used_are_left_out(tmp_path: Path) -> None:
    documents = "".join(
        f"# newdoc id = {number}\n{genre}{row('1', f'word{number}')}\n"
        for number, genre in enumerate(["# meta::genre = news\n", "# meta::genre = fiction\n", ""])
    )
    words = [words[0].form for words in read_sentences(write(tmp_path, documents))]
    assert words == ["word0", "word2"]


def test_a_last_sentence_without_a_blank_line_is_read_and_so_is_a_gzipped_file(tmp_path: Path) -> None:
    path = tmp_path / "own-train.conllu.gz"
    path.write_bytes(gzip.compress((row("1", "one") + "\n" + row("1", "two")).encode()))
    assert [words[0].form for words in read_sentences(path)] == ["one", "two"]


@pytest.mark.parametrize(
    ("rows", "line", "complaint"),
    [
        ("1\tword\n", 1, "10 columns"),
        (row("1") + row("3"), 2, "word 2 is due"),
        (row("x"), 1, "word 1 is due"),
        (row("1", form=""), 1, "no form"),
        (row("1", head="_"), 1, "'_' is no number"),
        (row("1") + row("2", head="7"), 2, "no word 7"),
        (row("1", head="2") + row("2", head="1"), 1, "circle"),
        (row("2-3") + row("1"), 1, "range 2-3"),
        (row("1-2") + row("1"), 2, "range up to 2"),
    ],
)
def test_a_line_that_breaks_the_format_is_named(tmp_path: Path, rows: str, line: int, complaint: str) -> None:
    path = write(tmp_path, "# text = of no matter\n" + rows + "\n")
    with pytest.raises(BadTreebank) as caught:
        list(read_sentences(path))
    assert str(caught.value).startswith(f"{path}, line {line + 1}: ")
    assert complaint in str(caught.value)


def test_the_command_names_the_bad_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "1\tword\n")
    (tmp_path / "own-dev.conllu").write_text(row("1") + "\n", encoding="utf-8")
    assert main(["train-parser", str(tmp_path), "--out", str(tmp_path / "en")]) == 2
    assert f"{path}, line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["{empty}", "--out", "{new}"], "holds no *-train.conllu"),
        (["{treebank}", "--out", "{full}"], "is there already"),
        (["{treebank}", "--out", "{new}", "--steps", "0"], "At least one step"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(
    tmp_path: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"empty": tmp_path / "empty", "new": tmp_path / "new", "full": TREEBANK, "treebank": TREEBANK}
    assert main(["train-parser", *(argument.format(**places) for argument in arguments)]) == 2
    assert complaint in capsys.readouterr().err


def test_treebanks_are_found_by_the_names_their_makers_give_them(tmp_path: Path) -> None:
    for name in ("en_gum-ud-train.conllu.gz", "en_ewt-ud-train.conllu", "en_ewt-ud-dev.conllu", "notes.txt"):
        (tmp_path / name).touch()
    assert [treebank(path) for path in files(tmp_path, "train")] == ["ewt", "gum"]
