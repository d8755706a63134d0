"""Brings responses from any spreadsheet: a mapping says what its columns mean, every faulty row is reported."""
