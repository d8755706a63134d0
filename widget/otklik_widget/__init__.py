"""The script people embed, the contract of a response, and the reader of the journey: what site and collector share."""
