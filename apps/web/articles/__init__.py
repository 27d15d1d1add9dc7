"""Pages about articles: the list, adding, what is on its way, feeds, one article."""
