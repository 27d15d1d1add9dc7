"""A decision's words are found in the text the reader of pages draws, and most are found by the machine as well."""

from functools import cache

import pytest

from apps.attribution.engine import extractor
from demo import data
from demo.shapes import Article, Words
from demo.spans import Located, NotInText, locate, match


def rendition(article: Article) -> str:
    """The text as the application draws it from the article's page: headline first."""
    return f"{article.headline}\n\n{article.text}"


def test_the_words_of_every_decision_stand_in_one_paragraph_and_not_in_the_headline(slug: str) -> None:
    articles = {article.slug: article for article in data.articles(slug)}
    for decision in data.review(slug).decisions:
        article = articles[decision.article]
        text = rendition(article)
        spans = locate(text, decision.words)
        paragraphs = {text.count("\n\n", 0, start) for start, _ in (spans.source, spans.cue)}
        ends = {text.count("\n\n", 0, start) for start, _ in spans.content}
        assert 0 not in paragraphs | ends, decision.key
        assert len(paragraphs) == 1, decision.key
        assert paragraphs <= ends, decision.key
        assert text[slice(*spans.cue)] == decision.words.cue
        assert text[slice(*spans.source)] == decision.words.source


def test_the_pair_of_cue_and_source_that_stands_closest_is_taken() -> None:
    text = "Ada said that it rained. Bo said that it snowed. Ada said that it hailed."

    spans = locate(text, Words("Bo", "said", ("it snowed",)))

    assert spans == Located(source=(25, 27), cue=(28, 32), content=((38, 47),))


def test_parts_of_a_content_are_found_in_their_order() -> None:
    text = "“Rain,” Ada said. “Snow,” Bo said. “Rain,” she said."

    assert locate(text, Words("Bo", "said", ("“Snow,”", "“Rain,”"))).content == ((18, 25), (35, 42))


@pytest.mark.parametrize(
    "words",
    [
        Words("Ada", "said", ("it snowed",)),
        Words("Ada", "denied", ("it rained",)),
        Words("Bo", "said", ("it rained",)),
        Words("Ad", "said", ("it rained",)),
    ],
)
def test_words_that_do_not_stand_in_the_text_are_named(words: Words) -> None:
    with pytest.raises(NotInText, match="does not stand"):
        locate("Ada said that it rained.", words)


@cache
def proposed(article: Article) -> list[Located]:
    found = extractor("rules").extract(rendition(article), published=article.published.date())
    return [
        Located(
            source=(item.source[0].start, item.source[-1].end) if item.source else (0, 0),
            cue=(item.cue[0].start, item.cue[-1].end),
            content=tuple((span.start, span.end) for span in item.content),
        )
        for item in found
        if item.cue
    ]


@cache
def decisions_met() -> dict[tuple[str, str], int | None]:
    """For each decision, by article and key, which of the extractor's proposals it is about, if one of them."""
    met: dict[tuple[str, str], int | None] = {}
    for slug in data.slugs():
        articles = {article.slug: article for article in data.articles(slug)}
        for decision in data.review(slug).decisions:
            article = articles[decision.article]
            met[article.slug, decision.key] = match(rendition(article), decision, proposed(article))
    return met


def test_the_extractor_proposes_at_least_four_fifths_of_what_is_decided() -> None:
    met = decisions_met()

    assert sum(number is not None for number in met.values()) >= 0.8 * len(met)


def test_two_decisions_of_an_article_are_not_about_one_proposal() -> None:
    found = [(article, number) for (article, _), number in decisions_met().items() if number is not None]

    assert len(set(found)) == len(found)
