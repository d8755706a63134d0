"""What programs may read over HTTP with a token: the map, series, responses, comments, exports and health."""
