"""What changes proposals: :mod:`.proposing`, :mod:`.judging`, :mod:`.approving`, :mod:`.withdrawing`, and holds."""
