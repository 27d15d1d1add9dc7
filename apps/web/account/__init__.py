"""Pages about oneself: signing in, the password, keys."""
