"""A text read again by another machine: what nobody touched makes way, what anybody decided on stays, all is said."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.attribution.types import Answer, Attribution, Kind
from apps.review.drafts import AttributionDraft
from apps.review.models import MachineReading, Proposal
from apps.review.services import holding, judging, proposing, suggesting
from apps.review.services.proposing import Held, outdated, propose_again
from apps.review.services.storing import Stored
from tests.factories.finders import Finder, found
from tests.factories.worlds import (
    TEXT,
    World,
    a_source,
    a_world,
    accept,
    an_article,
    rendition_of,
)

pytestmark = pytest.mark.django_db

LONG = (
    "The ministry said that the ferry had sunk. A spokesperson said that the quay was closed. "
    "The army denied that its troops had crossed the river."
)
SUNK: dict[str, Any] = {"cue": "said", "content": "the ferry had sunk", "kind": Kind.ASSERTION}
CLOSED: dict[str, Any] = {
    "source": "A spokesperson",
    "cue": "said",
    "content": "the quay was closed",
    "kind": Kind.ASSERTION,
}
DENIED: dict[str, Any] = {"source": "The army"}


@pytest.fixture
def world() -> World:
    return a_world()


def read(article: Article, engine: Finder, *, force: bool = False) -> Stored:
    return propose_again(rendition=rendition_of(article), engine=engine, at=timezone.now(), force=force)


def finder(*which: dict[str, Any], version: str = "1") -> Finder:
    return Finder(lambda text: [found(text, **one) for one in which], version=version)


def live(article: Article) -> list[Proposal]:
    return list(Proposal.objects.attributions().live().filter(article=article).order_by("begins", "pk"))


def contents(article: Article) -> list[str]:
    return [AttributionDraft.read(p.revisions.get(number=1).body).words("content") for p in live(article)]


def test_what_became_of_everything_that_was_found_is_written_down(world: World) -> None:
    article, source = an_article(world, LONG), a_source(world)
    assert read(article, finder(SUNK, CLOSED)).reading.proposed == 2
    decided, _untouched = live(article)
    accept(world, decided, source=source)

    again = read(article, finder(SUNK, DENIED, version="2")).reading

    assert (again.found, again.proposed, again.kept, again.withdrawn, again.left_out) == (2, 1, 1, 1, 0)
    assert contents(article) == ["the ferry had sunk", "its troops had crossed the river"]


def test_a_version_that_read_the_text_last_does_nothing(world: World) -> None:
    article = an_article(world, LONG)
    before = read(article, finder(SUNK))
    again = read(article, finder(SUNK, CLOSED))
    assert again.unchanged
    assert again.reading == before.reading
    assert contents(article) == ["the ferry had sunk"]


def test_going_back_to_an_earlier_version_brings_back_what_that_one_finds(world: World) -> None:
    article = an_article(world, LONG)
    for engine in (finder(SUNK), finder(CLOSED, version="2"), finder(SUNK)):
        read(article, engine)
    assert contents(article) == ["the ferry had sunk"]


def test_an_article_that_somebody_is_reviewing_is_left_alone_unless_forced(world: World) -> None:
    article = an_article(world, LONG)
    read(article, finder(SUNK))
    holding.hold(article=article, by=world.analyst, at=timezone.now())
    with pytest.raises(Held, match=world.analyst.name):
        read(article, finder(CLOSED, version="2"))
    assert contents(article) == ["the ferry had sunk"]
    read(article, finder(CLOSED, version="2"), force=True)
    assert contents(article) == ["the quay was closed"]


def test_an_article_that_is_opened_while_the_machine_reads_is_left_alone(world: World) -> None:
    article = an_article(world, LONG)
    read(article, finder(SUNK))

    def opened_meanwhile(text: str) -> list[Attribution]:
        holding.hold(article=article, by=world.analyst, at=timezone.now())
        return [found(text, **CLOSED)]

    with pytest.raises(Held):
        read(article, Finder(opened_meanwhile, version="2"))
    assert contents(article) == ["the ferry had sunk"]


def test_more_than_can_be_reviewed_is_left_out_from_the_end_and_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "MOST_PROPOSED", 2)
    article = an_article(world, LONG)
    relayed_from_beyond = SUNK | {"relayed_by": 2, "answers": [Answer(2, "it is the last", 0.5)]}
    reading = read(article, finder(relayed_from_beyond, CLOSED, DENIED)).reading
    assert (reading.found, reading.proposed, reading.left_out) == (3, 2, 1)
    assert contents(article) == ["the ferry had sunk", "the quay was closed"]
    revision = live(article)[0].revisions.get()
    assert (revision.relayed_by, AttributionDraft.read(revision.body).answers) == (None, ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Կառավարությունը հերքել է, որ զորքերն անցել են գետը։", "und"),
        ("Министерство отрицало, что войска перешли реку. It said no.", "und"),
        (TEXT, "en"),
        ("12:30", "en"),
    ],
)
def test_a_text_in_letters_that_no_english_is_written_in_is_not_read_as_english(
    world: World, text: str, language: str
) -> None:
    engine = Finder(lambda text: [])
    reading = read(an_article(world, text), engine).reading
    assert (reading.language, reading.able) == (language, language == "en")
    assert engine.heard == (["en"] if language == "en" else [])


def test_a_machine_that_cannot_read_a_language_withdraws_nothing_of_one_that_can(world: World) -> None:
    class Polyglot(Finder):
        def reads(self, language: str) -> bool:
            return True

    text = "Министерство отрицало, что войска перешли реку."
    article = an_article(world, text)
    words: dict[str, Any] = {"source": "Министерство", "cue": "отрицало", "content": "войска перешли реку"}
    read(article, Polyglot(lambda text: [found(text, **words)], name="polyglot"))
    unable = read(article, Finder()).reading
    assert (unable.able, unable.withdrawn) == (False, 0)
    assert contents(article) == ["войска перешли реку"]


def test_what_a_denial_answers_is_kept_as_the_proposal_it_was_made_of(world: World) -> None:
    article = an_article(world, LONG)
    denial = DENIED | {"answers": [Answer(0, "both are about the river", 0.4), Answer(1, "it comes right before", 0.7)]}
    read(article, finder(SUNK, CLOSED, denial))
    first, second, last = live(article)
    kept = AttributionDraft.read(last.revisions.get().body).answers
    assert [(answer.proposal, answer.reason) for answer in kept] == [
        (str(second.public_id), "it comes right before"),
        (str(first.public_id), "both are about the river"),
    ]


def test_what_a_denial_answers_may_be_something_that_was_decided_on_before(world: World) -> None:
    article, source = an_article(world, LONG), a_source(world)
    read(article, finder(SUNK))
    (decided,) = live(article)
    accept(world, decided, source=source)
    read(article, finder(SUNK, DENIED | {"answers": [Answer(0, "it is about the ferry", 0.5)]}, version="2"))
    (answer,) = AttributionDraft.read(live(article)[1].revisions.get().body).answers
    assert answer.proposal == str(decided.public_id)


def test_articles_are_outdated_until_the_machine_has_read_them_or_people_have_decided_on_all(world: World) -> None:
    source = a_source(world)
    fresh, finished, empty, never = (an_article(world, LONG) for _ in range(4))
    for article in (fresh, finished):
        read(article, finder(SUNK))
    read(empty, finder())
    (decided,) = live(finished)
    accept(world, decided, source=source)

    def waiting(version: str) -> list[str]:
        return [r.article.ref for r in outdated(machine=f"stand-in/{version}", dossier_id=world.dossier.pk)]

    assert waiting("1") == [never.ref]
    assert waiting("2") == [fresh.ref, empty.ref, never.ref]
    for rendition in outdated(machine="stand-in/2"):
        propose_again(rendition=rendition, engine=finder(version="2"), at=timezone.now())
        break
    assert waiting("2") == [empty.ref, never.ref]


def test_articles_come_in_hundreds_and_none_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "AT_ONCE", 2)
    articles = [an_article(world, LONG) for _ in range(5)]
    assert [r.article for r in outdated(machine="stand-in/1")] == articles


def test_the_machine_is_recorded_with_every_proposal_however_long_its_name(world: World) -> None:
    article = an_article(world, LONG)
    engine = finder(SUNK)
    engine.name, engine.version = "spacy:" + "x" * 90, "1"
    longer = finder(SUNK)
    longer.name, longer.version = "spacy:" + "x" * 90, "2"
    machines = {read(article, one).reading.machine for one in (engine, longer)}
    assert len(machines) == 2
    for machine in machines:
        assert len(f"machine:{machine}") <= 80
    (proposal,) = live(article)
    assert proposal.revisions.get().machine in machines


def test_a_decision_that_was_undone_no_longer_keeps_a_proposal(world: World) -> None:
    article, by = an_article(world, LONG), Actor.person(world.analyst)
    read(article, finder(SUNK))
    (proposal,) = live(article)
    judging.reject(proposal=proposal, expected_revision=1, by=by, at=timezone.now())
    judging.undo(proposal=proposal, by=by, at=timezone.now())
    assert read(article, finder(CLOSED, version="2")).reading.withdrawn == 1
    assert MachineReading.objects.filter(rendition=rendition_of(article)).count() == 2
