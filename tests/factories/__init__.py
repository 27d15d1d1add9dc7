"""Small worlds to test in, built through the same services that people use."""
