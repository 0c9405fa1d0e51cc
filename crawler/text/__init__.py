"""Bytes in, text out: encodings, dates, feeds, listings, pages, PDF and Office files; no network."""
