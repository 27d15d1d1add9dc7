"""The JSON interface for clients."""
