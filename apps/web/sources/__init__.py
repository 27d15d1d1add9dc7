"""Pages about sources: the list, one source, what rests on one of its names."""
