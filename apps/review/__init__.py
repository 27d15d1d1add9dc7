"""Proposals, revisions, decisions and holds; the only way facts come to exist."""
