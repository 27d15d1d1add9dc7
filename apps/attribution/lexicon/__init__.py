"""Cue lexicons as data, one TOML file a language, and their reading."""
