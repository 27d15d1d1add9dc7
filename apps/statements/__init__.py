"""Attributions in renditions, and the statements they are evidence of; relays."""
