"""Looks at a page as a browser would, and says why a question on it does not show."""
