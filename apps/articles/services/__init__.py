"""What changes articles: :mod:`.adding`, :mod:`.steps` (preserve, extract, identify), :mod:`.leases`, :mod:`.polling`."""
