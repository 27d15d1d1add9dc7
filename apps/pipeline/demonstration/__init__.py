"""Loads the demonstration: its dossiers, its feeds, and what its people decided, through the services that all use.

Every part can be cut short at any point and started again; what is there is left as it is.
"""
