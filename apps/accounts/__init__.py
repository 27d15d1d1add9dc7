"""People who sign in, and the keys they own."""
