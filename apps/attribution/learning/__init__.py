"""A model fitted to attributions that people have approved: cues first, then the spans of each cue."""
