"""Training of the small English pipeline (tagger and parser) that the default extractor ships with."""
