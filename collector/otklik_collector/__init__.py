"""Receives responses, keeps them, draws the touchpoint problem map, serves managers."""
