"""The tables, as numbered sqlite-utils migrations: one module per topic, applied in the order of `catalogue`.

A migration is never edited once it has been released; a change is a new one with the next number.
"""
