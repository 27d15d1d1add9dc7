"""Text, URL and time in the forms every other app needs; no models."""
