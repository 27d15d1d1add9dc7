"""What is suggested, what people decided about it, and which machine read what. Nothing here is a fact."""

from apps.review.models.machine import MachineReading
from apps.review.models.proposals import Decision, Hold, Link, Proposal, ProposalQuerySet, Revision

__all__ = ["Decision", "Hold", "Link", "MachineReading", "Proposal", "ProposalQuerySet", "Revision"]
