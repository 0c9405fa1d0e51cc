"""One channel per file: it splits a digest into parts and sends a part; it never queries."""
