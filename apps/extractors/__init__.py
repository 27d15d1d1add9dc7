"""Which extractor reads here, and the models that this installation fitted to its own decisions."""
