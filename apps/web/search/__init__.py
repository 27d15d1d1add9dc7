"""Find a claim, a source, a statement or an article by words."""
