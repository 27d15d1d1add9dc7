"""How far a machine has got with a text, so that nobody takes silence for nothing said."""

from __future__ import annotations

from dataclasses import dataclass

from apps.articles.models import Intake, Rendition
from apps.review.models import MachineReading
from apps.review.rules import UNDETERMINED


@dataclass(frozen=True)
class HowRead:
    """``state`` is read, unable (no extractor for the language), failed, coming or unread.

    ``language`` is the code of the language where that is known. ``reason`` says why it failed. Of what was found,
    ``taken`` statements were proposed or had been decided on before, and ``left_out`` were not proposed.
    """

    state: str
    machine: str = ""
    language: str = ""
    reason: str = ""
    taken: int = 0
    left_out: int = 0

    @property
    def found(self) -> int:
        return self.taken + self.left_out


def how_read(rendition: Rendition) -> HowRead:
    """Whether the text was read, by whom, and what was left out; or why it was not. Two queries at most."""
    # One that could not read it takes nothing from what another has read.
    last = MachineReading.objects.filter(rendition=rendition).order_by("-able", "-pk").first()
    if last is not None:
        return HowRead(
            state="read" if last.able else "unable",
            machine=last.machine,
            language="" if last.language == UNDETERMINED else last.language,
            taken=last.proposed + last.kept,
            left_out=last.left_out,
        )
    intake = Intake.objects.filter(rendition=rendition).order_by("-pk").first()
    if intake is None:
        return HowRead("unread")
    match intake.state:
        case Intake.State.DONE:  # read before it was written down who reads what, and nothing found
            return HowRead("read")
        case Intake.State.FAILED:
            return HowRead("failed", reason=intake.failure_reason)
        case Intake.State.CANCELLED:
            return HowRead("unread")
        case _:
            return HowRead("coming", reason=intake.failure_reason)
