"""Proving that nothing acknowledged is lost or doubled: `python -m ops.faults` runs the application and breaks it."""
