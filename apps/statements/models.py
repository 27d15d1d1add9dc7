"""Speech acts, and the words in preserved texts that are evidence of them."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import CompositeForeignKey, addressable, same_dossier
from apps.ledger.models import Fact, FactQuerySet


class Kind(models.TextChoices):
    """What the source did in saying it."""

    ASSERTION = "assertion", _("assertion")
    DENIAL = "denial", _("denial")
    ACCUSATION = "accusation", _("accusation")
    ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
    JUSTIFICATION = "justification", _("justification")
    APPEAL = "appeal", _("appeal")
    NO_COMMENT = "no_comment", _("no comment")
    RETRACTION = "retraction", _("retraction")
    DESIGNATION = "designation", _("designation")


class Quotation(models.TextChoices):
    """Whose words they are."""

    DIRECT = "direct", _("direct quotation")
    MIXED = "mixed", _("partly quoted")
    INDIRECT = "indirect", _("indirect")


class Statement(Fact):
    """Who said it, on whose behalf, when, over which channel. Forty copies are evidence of one statement."""

    source = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, db_constraint=False, related_name="statements"
    )
    principal = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, db_constraint=False, related_name="spoken_for"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=60, blank=True)
    said_from = models.DateTimeField(_("said from"), null=True, blank=True)
    said_until = models.DateTimeField(_("said until"))
    relayed_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, related_name="relays", null=True, blank=True
    )

    objects = FactQuerySet["Statement"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="statements_statement_addressable"),
            same_dossier("source", "sources.Source", name="statements_source_same_dossier"),
            same_dossier("principal", "sources.Source", name="statements_principal_same_dossier"),
            same_dossier("relayed_by", "statements.Statement", name="statements_relayed_same_dossier"),
            models.CheckConstraint(condition=~Q(relayed_by=F("id")), name="statements_not_its_own_relay"),
            models.CheckConstraint(
                condition=Q(said_from__isnull=True) | Q(said_from__lte=F("said_until")), name="statements_said_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="statements_kind_known"),
        ]
        indexes = [
            models.Index(fields=["dossier", "-said_until", "-id"], name="statements_newest"),
            models.Index(fields=["source", "-said_until"], name="statements_by_source"),
            models.Index(fields=["principal", "-said_until"], name="statements_by_principal"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class AttributionQuerySet(FactQuerySet["Attribution"]):
    def firsts(self) -> Self:
        """Each once, however many versions of its article have it."""
        return self.filter(twin_of__isnull=True)


class Attribution(Fact):
    """The spans in one rendition by which an article attributes a statement.

    A twin is the same attribution in a later version of the article: ``twin_of`` is always the first of them, which
    alone is counted, and it ends with it.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, db_constraint=False, related_name="attributions")
    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, db_constraint=False, related_name="attributions"
    )
    rendition = models.ForeignKey(
        "articles.Rendition", on_delete=models.PROTECT, db_constraint=False, related_name="attributions"
    )
    quotation = models.CharField(max_length=10, choices=Quotation.choices)
    alias = models.ForeignKey(
        "sources.Alias",
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="attributions",
        null=True,
        blank=True,
    )
    is_copy = models.BooleanField(default=False)
    twin_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, related_name="twins", null=True, blank=True
    )

    objects = AttributionQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            addressable(name="statements_attribution_addressable"),
            models.UniqueConstraint(fields=["rendition", "id"], name="statements_attribution_in_rendition"),
            same_dossier("statement", "statements.Statement", name="statements_attribution_same_dossier"),
            same_dossier("article", "articles.Article", name="statements_attribution_article_same_dossier"),
            same_dossier("rendition", "articles.Rendition", name="statements_attribution_text_same_dossier"),
            CompositeForeignKey(
                fields=("article", "rendition"),
                to="articles.Rendition",
                to_fields=("article", "id"),
                name="statements_attribution_text_of_article",
            ),
            same_dossier("alias", "sources.Alias", name="statements_attribution_alias_same_dossier"),
            models.UniqueConstraint(fields=["article", "id"], name="statements_attribution_in_article"),
            models.UniqueConstraint(fields=["statement", "id"], name="statements_attribution_of_statement"),
            CompositeForeignKey(
                fields=("article", "twin_of"),
                to="statements.Attribution",
                to_fields=("article", "id"),
                name="statements_attribution_twin_in_article",
            ),
            CompositeForeignKey(
                fields=("statement", "twin_of"),
                to="statements.Attribution",
                to_fields=("statement", "id"),
                name="statements_attribution_twin_of_statement",
            ),
            models.CheckConstraint(condition=~Q(twin_of=F("id")), name="statements_attribution_not_its_own_twin"),
            models.UniqueConstraint(
                fields=["twin_of", "rendition"],
                condition=Q(known_until__isnull=True, twin_of__isnull=False),
                name="statements_attribution_one_twin_a_text",
            ),
            models.CheckConstraint(condition=Q(quotation__in=Quotation.values), name="statements_quotation_known"),
        ]
        indexes = [
            models.Index(fields=["statement", "id"], name="statements_attr_by_statement"),
            models.Index(fields=["alias"], name="statements_attr_by_alias", condition=Q(alias__isnull=False)),
            models.Index(fields=["article"], name="statements_attr_by_article"),
            models.Index(fields=["twin_of"], name="statements_attr_twins", condition=Q(twin_of__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Gone(Fact):
    """The words of an attribution are not in a later version of its article: ``rendition``.

    A finding about texts, which alters neither the attribution nor any count. It ends once a later version has the
    words again. Of an attribution with twins the first is named, for all of them.
    """

    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, db_constraint=False, related_name="gone")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, db_constraint=False, related_name="+")
    rendition = models.ForeignKey("articles.Rendition", on_delete=models.PROTECT, db_constraint=False, related_name="+")

    objects = FactQuerySet["Gone"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("attribution", "statements.Attribution", name="statements_gone_same_dossier"),
            same_dossier("article", "articles.Article", name="statements_gone_article_same_dossier"),
            same_dossier("rendition", "articles.Rendition", name="statements_gone_text_same_dossier"),
            CompositeForeignKey(
                fields=("article", "attribution"),
                to="statements.Attribution",
                to_fields=("article", "id"),
                name="statements_gone_from_its_article",
            ),
            CompositeForeignKey(
                fields=("article", "rendition"),
                to="articles.Rendition",
                to_fields=("article", "id"),
                name="statements_gone_text_of_article",
            ),
            models.UniqueConstraint(
                fields=["attribution"], condition=Q(known_until__isnull=True), name="statements_gone_one_now"
            ),
        ]
        indexes = [models.Index(fields=["dossier", "known_from_index"], name="statements_gone_newest")]

    def __str__(self) -> str:
        return str(self.public_id)


SPAN_WORDS_MATCH = """
    SELECT r.text INTO words FROM articles_rendition r WHERE r.id = NEW.rendition_id;
    IF NEW.ends > char_length(words) THEN
        RAISE EXCEPTION 'counterclaim: span % to % lies outside its rendition', NEW.begins, NEW.ends
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statements_span_inside_rendition';
    END IF;
    IF substr(words, NEW.begins + 1, NEW.ends - NEW.begins) <> NEW.exact THEN
        RAISE EXCEPTION 'counterclaim: the words of span % to % are not those of its rendition', NEW.begins, NEW.ends
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statements_span_words_match';
    END IF;
    RETURN NEW;
"""


class Span(models.Model):
    """Exact words at a position in code points, end exclusive, with a little text before and after.

    The three selectors together are those of the W3C Web Annotation model (position and quote).
    """

    class Role(models.TextChoices):
        SOURCE = "source", _("source")
        CUE = "cue", _("cue")
        CONTENT = "content", _("content")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, db_constraint=False, related_name="spans")
    rendition = models.ForeignKey("articles.Rendition", on_delete=models.PROTECT, db_constraint=False, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices)
    begins = models.PositiveIntegerField()
    ends = models.PositiveIntegerField()
    exact = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    words = models.GeneratedField(
        expression=SearchVector("exact", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        ordering = ["begins", "id"]
        constraints = [
            same_dossier("attribution", "statements.Attribution", name="statements_span_same_dossier"),
            CompositeForeignKey(
                fields=("rendition", "attribution"),
                to="statements.Attribution",
                to_fields=("rendition", "id"),
                name="statements_span_in_its_rendition",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="statements_span_not_empty"),
            models.CheckConstraint(
                condition=Q(role__in=["source", "cue", "content"]), name="statements_span_role_known"
            ),
            models.UniqueConstraint(fields=["attribution", "role", "begins"], name="statements_span_once"),
        ]
        indexes = [GinIndex(fields=["words"], name="statements_span_words")]
        triggers = [
            pgtrigger.Trigger(
                name="words_match",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("words", "text")],
                func=SPAN_WORDS_MATCH,
            ),
            pgtrigger.Trigger(
                name="append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'counterclaim: rows of % are never changed or removed', TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation';",
            ),
        ]

    def __str__(self) -> str:
        return self.exact
