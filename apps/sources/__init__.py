"""Whom words are attributed to: sources, aliases, affiliations, alignments, toponyms; outlets."""
