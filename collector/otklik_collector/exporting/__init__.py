"""Responses for other programs and spreadsheets: as CSV, JSON lines or XLSX, however many there are."""
