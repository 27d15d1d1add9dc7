"""``manage.py propose``: articles read again, by reference, by dossier, or all that another read last."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.articles.models import Article
from apps.attribution.types import Attribution, ExtractorUnavailable
from apps.review.models import MachineReading, Proposal
from apps.review.services import holding, suggesting
from tests.factories.finders import Finder, found
from tests.factories.worlds import World, a_source, a_world, accept, an_article, an_intake, run_until_quiet

pytestmark = pytest.mark.django_db

COMMAND = "apps.pipeline.management.commands.propose.engine"
Use = Callable[[Finder], None]


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("propose", *arguments, stdout=out)
    return out.getvalue().splitlines()


def ref(article: Article) -> str:
    return f"{article.dossier.slug}/{article.ref}"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Has the command read with this extractor, whichever it is told."""
    return lambda finder: monkeypatch.setattr(COMMAND, lambda name: finder)


@pytest.fixture
def world() -> World:
    return a_world()


def test_an_article_is_read_again_by_its_reference_and_what_became_of_it_is_told(world: World, use: Use) -> None:
    article = an_article(world)
    use(Finder())
    assert run(ref(article)) == [f"{ref(article)}: 1 new, 0 kept because somebody decided on them, 0 withdrawn."]
    accept(world, Proposal.objects.attributions().get(), source=a_source(world))
    use(Finder(version="2"))
    assert run(ref(article)) == [f"{ref(article)}: 0 new, 1 kept because somebody decided on them, 0 withdrawn."]
    assert run(ref(article)) == [f"{ref(article)}: stand-in/2 read it before; nothing changed."]


def test_the_extractor_in_use_reads_if_none_is_named(world: World) -> None:
    an_intake(world)
    run_until_quiet()
    (line,) = run(ref(Article.objects.get()))
    assert line.endswith("read it before; nothing changed.")
    assert MachineReading.objects.get().machine.startswith("rules/")


def test_what_is_left_out_is_told(world: World, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggesting, "MOST_PROPOSED", 1)
    use(Finder(lambda text: [found(text), found(text, content="troops had crossed")]))
    (line,) = run(ref(an_article(world)))
    assert line.endswith("1 more were found and left out.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["A-0001"], "names no article"),
        (["{slug}/A-0099"], "There is no text"),
        (["{slug}/A-0001", "--extractor=oracle"], "no extractor called “oracle”. Known: .*rules"),
        (["--dossier=nowhere"], "There is no dossier nowhere"),
        ([], "required"),
        (["{slug}/A-0001", "--all-outdated"], "not allowed"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(world: World, arguments: list[str], told: str) -> None:
    an_article(world)
    with pytest.raises(CommandError, match=told):
        run(*(argument.format(slug=world.dossier.slug) for argument in arguments))


def test_all_that_another_read_last_are_read_one_by_one(world: World, use: Use) -> None:
    other = a_world()
    articles = [an_article(world), an_article(world), an_article(other)]
    use(Finder())
    assert run("--dossier", world.dossier.slug)[-1] == (
        "stand-in/1: 2 articles read, 0 in a language it does not read, 0 held by somebody."
    )
    use(Finder(version="2"))
    lines = run("--all-outdated")
    assert [line.split(":")[0] for line in lines[:-1]] == [ref(article) for article in articles]
    assert "3 articles read" in lines[-1]
    assert "0 articles read" in run("--all-outdated")[-1]


def test_an_article_that_is_held_is_passed_over_and_that_is_said(world: World, use: Use) -> None:
    held, free = an_article(world), an_article(world)
    holding.hold(article=held, by=world.analyst, at=timezone.now())
    use(Finder())
    first, second, last = run("--all-outdated")
    assert first == (
        f"{ref(held)}: left as it is: {world.analyst.name} is reviewing this article at the moment. "
        "(--force reads it all the same)"
    )
    assert second.startswith(f"{ref(free)}: 1 new")
    assert "1 held by somebody" in last
    assert run(ref(held), "--force")[0].startswith(f"{ref(held)}: 1 new")


def test_a_run_that_breaks_off_keeps_what_was_done_and_goes_on_where_it_stopped(world: World, use: Use) -> None:
    first, second = an_article(world), an_article(world, "Another text. The ministry denied that boats had sunk.")

    def fails_on_boats(text: str) -> list[Attribution]:
        if "boats" in text:
            raise ExtractorUnavailable("The endpoint does not answer.", code="llm_unreachable", transient=True)
        return [found(text)]

    use(Finder(fails_on_boats))
    with pytest.raises(CommandError, match=rf"{ref(second)}: The endpoint does not answer. \(llm_unreachable\)"):
        run("--all-outdated")
    assert list(Proposal.objects.values_list("article", flat=True)) == [first.pk]

    use(Finder(lambda text: [found(text, content="boats had sunk")]))
    assert run("--all-outdated")[0].startswith(f"{ref(second)}: 1 new")


def test_a_language_that_the_extractor_does_not_know_is_told(world: World, use: Use) -> None:
    use(Finder())
    (line,) = run(ref(an_article(world, "Министерство отрицало, что войска перешли реку.")))
    assert line.endswith("not read: stand-in/1 reads no text in “und”.")
