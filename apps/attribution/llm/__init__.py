"""A language model behind an OpenAI-compatible endpoint as an extractor. Off unless an endpoint is configured."""
