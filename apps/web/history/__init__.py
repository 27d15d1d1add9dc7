"""The dossier's ledger, in words."""
