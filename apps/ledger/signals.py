"""``recorded``: sent once an entry has committed, with ``dossier_id``, ``index``, ``touches_facts`` and
``nouns``, which say what kinds of facts it touches.

A failing receiver never undoes what was committed.
"""

from django.dispatch import Signal

recorded = Signal()
