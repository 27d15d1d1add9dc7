"""The analysts' desk: an article, the statements proposed in it, and the card of the one that is open."""
