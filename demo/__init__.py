"""The demonstration: two dossiers, the articles of outlets that do not exist, and what demo people decided."""
