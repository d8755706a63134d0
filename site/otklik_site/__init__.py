"""Markdown in, static pages out."""
