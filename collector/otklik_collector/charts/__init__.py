"""Charts drawn by the server: SVG without script or style, a sentence and a table with the same numbers beside it."""
