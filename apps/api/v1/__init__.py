"""The first version of the JSON interface: one module a noun."""
