"""What is new on the claims that somebody follows."""
