"""Dossiers, their members and roles, and the parties of each."""
