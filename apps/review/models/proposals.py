"""What is suggested, and what people decided about it. Nothing here is a fact."""

from __future__ import annotations

import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.claims.models import CounterKind, Stance
from apps.core.constraints import CompositeForeignKey, addressable, same_dossier
from apps.core.triggers import append_only


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def in_dossier(self, dossier_id: int) -> Self:
        return self.filter(dossier_id=dossier_id)

    def attributions(self) -> Self:
        return self.filter(kind=Proposal.Kind.ATTRIBUTION)

    def live(self) -> Self:
        """All that no newer proposal has replaced."""
        return self.exclude(state=Proposal.State.SUPERSEDED)

    def submitted(self) -> Self:
        return self.filter(state=Proposal.State.SUBMITTED)

    def to_review(self) -> Self:
        """What waits for an analyst; a copy waits for an editor instead, with the statement it repeats."""
        return self.filter(state__in=[Proposal.State.OPEN, Proposal.State.RETURNED])


class Proposal(models.Model):
    """Something suggested, in numbered revisions. ``state`` is where the last decision left it."""

    class Kind(models.TextChoices):
        ATTRIBUTION = "attribution", _("statement")
        CLAIM = "claim", _("claim")
        SOURCE = "source", _("source")
        ALIAS = "alias", _("alias")
        COUNTER = "counter", _("counter")

    class State(models.TextChoices):
        OPEN = "open", _("proposed")
        SUBMITTED = "submitted", _("waits for an editor")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("not a statement")
        APPROVED = "approved", _("approved")
        WITHDRAWN = "withdrawn", _("approval withdrawn")
        SUPERSEDED = "superseded", _("replaced by a newer proposal")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    last_revision = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()
    changed = models.DateTimeField()

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="proposals",
    )
    rendition = models.ForeignKey(
        "articles.Rendition",
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="proposals",
    )
    begins = models.PositiveIntegerField(default=0)
    copy_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="copies"
    )

    # In a later version of the article, what stands for an approved statement of an earlier one: always the first.
    twin_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="twins"
    )

    # What approval made of it.
    statement = models.ForeignKey(
        "statements.Statement", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    attribution = models.ForeignKey(
        "statements.Attribution", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    source = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    alias = models.ForeignKey(
        "sources.Alias", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    counter = models.ForeignKey(
        "claims.Counter", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            addressable(name="review_proposal_addressable"),
            same_dossier("article", "articles.Article", name="review_proposal_article_same_dossier"),
            same_dossier("rendition", "articles.Rendition", name="review_proposal_text_same_dossier"),
            CompositeForeignKey(
                fields=("article", "rendition"),
                to="articles.Rendition",
                to_fields=("article", "id"),
                name="review_proposal_text_of_article",
            ),
            same_dossier("copy_of", "review.Proposal", name="review_proposal_copy_same_dossier"),
            models.UniqueConstraint(fields=["article", "id"], name="review_proposal_of_article"),
            CompositeForeignKey(
                fields=("article", "twin_of"),
                to="review.Proposal",
                to_fields=("article", "id"),
                name="review_proposal_twin_in_article",
            ),
            models.UniqueConstraint(
                fields=["twin_of", "rendition"],
                condition=Q(twin_of__isnull=False) & ~Q(state="superseded"),
                name="review_proposal_one_twin_a_text",
            ),
            models.CheckConstraint(
                # A twin is further evidence of what its first is evidence of, and so a copy.
                condition=Q(twin_of__isnull=True) | Q(kind="attribution", copy_of__isnull=False) & ~Q(twin_of=F("id")),
                name="review_proposal_twin_is_a_copy",
            ),
            same_dossier("statement", "statements.Statement", name="review_proposal_statement_same_dossier"),
            same_dossier("attribution", "statements.Attribution", name="review_proposal_attribution_same_dossier"),
            same_dossier("claim", "claims.Claim", name="review_proposal_claim_same_dossier"),
            same_dossier("source", "sources.Source", name="review_proposal_source_same_dossier"),
            same_dossier("alias", "sources.Alias", name="review_proposal_alias_same_dossier"),
            same_dossier("counter", "claims.Counter", name="review_proposal_counter_same_dossier"),
            models.CheckConstraint(
                condition=Q(kind__in=["attribution", "claim", "source", "alias", "counter"]),
                name="review_proposal_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="attribution") | Q(rendition__isnull=False, article__isnull=False),
                name="review_proposal_attribution_has_text",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "withdrawn"])
                | Q(kind="attribution", statement__isnull=False, attribution__isnull=False)
                | Q(kind="claim", claim__isnull=False)
                | Q(kind="source", source__isnull=False)
                | Q(kind="alias", alias__isnull=False)
                | Q(kind="counter", counter__isnull=False),
                name="review_proposal_approved_has_fact",
            ),
        ]
        indexes = [
            models.Index(fields=["article", "begins", "id"], name="review_proposal_in_article"),
            models.Index(fields=["dossier", "state", "kind", "id"], name="review_proposal_queue"),
            models.Index(fields=["copy_of"], name="review_proposal_copies", condition=Q(copy_of__isnull=False)),
            models.Index(fields=["attribution"], name="review_proposal_by_attr"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id} ({self.state})"


class Revision(models.Model):
    """One version of a proposal, by a person, a key or a machine; never changed.

    ``body`` is what :mod:`apps.review.drafts` reads and writes for the proposal's kind.
    """

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, db_constraint=False, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.ForeignKey("accounts.Key", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    machine = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    body = models.JSONField()

    source = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    source_proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    principal = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    alias = models.ForeignKey(
        "sources.Alias", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    relayed_by = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    party = models.ForeignKey(
        "dossiers.Party", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            addressable(name="review_revision_addressable"),
            same_dossier("proposal", "review.Proposal", name="review_revision_same_dossier"),
            same_dossier("source", "sources.Source", name="review_revision_source_same_dossier"),
            same_dossier("source_proposal", "review.Proposal", name="review_revision_new_source_same_dossier"),
            same_dossier("principal", "sources.Source", name="review_revision_principal_same_dossier"),
            same_dossier("alias", "sources.Alias", name="review_revision_alias_same_dossier"),
            same_dossier("relayed_by", "review.Proposal", name="review_revision_relay_same_dossier"),
            same_dossier("party", "dossiers.Party", name="review_revision_party_same_dossier"),
            models.UniqueConstraint(fields=["proposal", "number"], name="review_revision_numbered_once"),
            models.UniqueConstraint(fields=["proposal", "id"], name="review_revision_of_proposal"),
            models.CheckConstraint(
                condition=Q(author__isnull=False, machine="") | Q(author__isnull=True) & ~Q(machine=""),
                name="review_revision_has_one_author",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | Q(source_proposal__isnull=True),
                name="review_revision_one_source",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.number}"


class Link(models.Model):
    """A position that a revision suggests: on a claim, or on one that is itself still proposed."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, db_constraint=False, related_name="links")
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    claim_proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    stance = models.CharField(max_length=14, choices=Stance.choices, blank=True)
    retracts = models.ForeignKey(
        "statements.Statement", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    against = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    counter_kind = models.CharField(max_length=12, choices=CounterKind.choices, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            same_dossier("revision", "review.Revision", name="review_link_same_dossier"),
            same_dossier("claim", "claims.Claim", name="review_link_claim_same_dossier"),
            same_dossier("claim_proposal", "review.Proposal", name="review_link_new_claim_same_dossier"),
            same_dossier("retracts", "statements.Statement", name="review_link_retracts_same_dossier"),
            same_dossier("against", "claims.Claim", name="review_link_against_same_dossier"),
            models.CheckConstraint(
                condition=Q(claim__isnull=False, claim_proposal__isnull=True)
                | Q(claim__isnull=True, claim_proposal__isnull=False),
                name="review_link_one_claim",
            ),
            models.CheckConstraint(
                condition=Q(against__isnull=True, counter_kind="") | Q(against__isnull=False) & ~Q(counter_kind=""),
                name="review_link_counter_whole",
            ),
            models.CheckConstraint(
                condition=~Q(stance="") | Q(against__isnull=False), name="review_link_says_something"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.stance or self.counter_kind}"


NOBODY_APPROVES_THEIR_OWN = """
    IF NEW.verb = 'approve' AND NEW.by_id IS NOT NULL AND (
        EXISTS (SELECT 1 FROM review_revision r
                WHERE r.proposal_id = NEW.proposal_id AND r.author_id = NEW.by_id)
        OR EXISTS (SELECT 1 FROM review_decision d
                   WHERE d.proposal_id = NEW.proposal_id AND d.by_id = NEW.by_id AND d.verb = 'submit')
    ) THEN
        RAISE EXCEPTION 'counterclaim: nobody approves what they contributed to'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'review_nobody_approves_their_own';
    END IF;
    RETURN NEW;
"""


class Decision(models.Model):
    """What was decided on a revision, by whom, with why. Never overwritten: an undo is a further decision."""

    class Verb(models.TextChoices):
        PROPOSE = "propose", _("proposed")
        SUBMIT = "submit", _("accepted")
        REJECT = "reject", _("set aside as not a statement")
        RETURN = "return", _("returned")
        APPROVE = "approve", _("approved")
        WITHDRAW = "withdraw", _("withdrew the approval of")
        UNDO = "undo", _("undid")
        SUPERSEDE = "supersede", _("replaced")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, db_constraint=False, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, db_constraint=False, related_name="decisions")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    key = models.ForeignKey("accounts.Key", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    machine = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    from_state = models.CharField(max_length=12, choices=Proposal.State.choices)
    to_state = models.CharField(max_length=12, choices=Proposal.State.choices)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")

    class Meta:
        constraints = [
            same_dossier("proposal", "review.Proposal", name="review_decision_same_dossier"),
            CompositeForeignKey(
                fields=("proposal", "revision"),
                to="review.Revision",
                to_fields=("proposal", "id"),
                name="review_decision_on_a_revision_of_it",
            ),
            models.UniqueConstraint(fields=["proposal", "id"], name="review_decision_of_proposal"),
            CompositeForeignKey(
                fields=("proposal", "undoes"),
                to="review.Decision",
                to_fields=("proposal", "id"),
                name="review_decision_undoes_one_of_it",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False, machine="") | Q(by__isnull=True) & ~Q(machine=""),
                name="review_decision_has_one_author",
            ),
            models.CheckConstraint(
                condition=~Q(verb__in=["return", "withdraw"]) | ~Q(note=""), name="review_decision_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(verb__in=["approve", "return", "withdraw"]) | Q(by__isnull=False),
                name="review_decision_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(verb="undo", undoes__isnull=False) | ~Q(verb="undo") & Q(undoes__isnull=True),
                name="review_decision_undo_names_what",
            ),
        ]
        indexes = [
            models.Index(fields=["proposal", "id"], name="review_decision_by_proposal"),
            models.Index(fields=["by", "-id"], name="review_decision_by_person"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="nobody_approves_their_own",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=NOBODY_APPROVES_THEIR_OWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.proposal_id}"


class Hold(models.Model):
    """Who works on an article's proposals, until when. A lease; not in the ledger."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, primary_key=True, related_name="hold")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [
            same_dossier("article", "articles.Article", name="review_hold_same_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.user_id}"
