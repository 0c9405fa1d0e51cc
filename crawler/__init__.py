"""Fetch sources politely, keep the raw response, extract title, text and date, hand documents to the store."""
