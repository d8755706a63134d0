"""Tells other systems of responses: what is said, how it is signed, where it may go, and who sends it."""
