"""Searches at news aggregators: one feed per word, the redirectors unwrapped, each story once."""

from __future__ import annotations

from crawler.spiders.feed import FeedSpider


class QuerySpider(FeedSpider):
    """A feed whose address is filled with each of the query's words (crawler/templates.py)."""
