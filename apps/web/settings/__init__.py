"""Pages by which a manager sets a dossier up: title, parties, outlets, places, people."""
