"""Claims, positions of statements on them, counters between them, figures."""
