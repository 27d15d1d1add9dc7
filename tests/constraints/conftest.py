from dataclasses import dataclass

import pytest
from django.db import connection

from tests.factories.fullness import a_full_world
from tests.factories.worlds import World


@dataclass(frozen=True)
class Pair:
    """Two dossiers with everything in them."""

    here: World
    foreign: World


@pytest.fixture
def pair(db: None) -> Pair:
    """Two dossiers with everything in them; constraints are checked at once and not at the commit."""
    made = Pair(here=a_full_world(), foreign=a_full_world())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made
