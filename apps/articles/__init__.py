"""Feeds, articles, captures, renditions and origins; the guarded fetcher."""
