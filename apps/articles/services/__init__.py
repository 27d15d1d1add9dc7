"""What changes articles: :mod:`.adding`, :mod:`.leases`, :mod:`.polling`, :mod:`.steps`."""
