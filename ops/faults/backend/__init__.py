"""Django's PostgreSQL backend, with a place to be killed at before and after every commit."""
