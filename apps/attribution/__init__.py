"""The extraction engine: text in, attributions out. It knows no Django."""
