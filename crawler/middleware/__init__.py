"""Scrapy downloader middlewares: one rule of conduct each."""
