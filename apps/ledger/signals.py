"""``recorded``: sent once an entry has committed, with ``dossier_id``, ``index`` and ``touches_facts``.

A failing receiver never undoes what was committed.
"""

from django.dispatch import Signal

recorded = Signal()
