"""Standing, silence, origins and figures in conflict: pure rules and selectors."""
