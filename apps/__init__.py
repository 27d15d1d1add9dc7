"""The project's applications, in layers; imports go down only (see the contracts in pyproject.toml)."""
