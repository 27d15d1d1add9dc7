"""Sitting at the editors' desk in tests."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.review.models import Proposal
from tests.factories.worlds import World

TEXT = (
    "Before all of this nothing was said.\n\n"
    "The ministry denied that its troops had crossed the river.\n\n"
    "It said that 12 people were wounded near the bridge.\n\n"
    "After all of this the bridge was closed."
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queue_url(world: World) -> str:
    return reverse("check", args=[world.dossier.slug])


def one_url(world: World, proposal: Proposal) -> str:
    return reverse("check-one", args=[world.dossier.slug, proposal.public_id])


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state
