"""The append-only, hash-linked record of every change to facts, one per dossier."""
