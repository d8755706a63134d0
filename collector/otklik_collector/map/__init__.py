"""The touchpoint problem map: where along the customer's way it hurts, how much, what to fix first."""
