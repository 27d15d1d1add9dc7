"""Neighbourhoods, as-of reads and exports; no models."""
