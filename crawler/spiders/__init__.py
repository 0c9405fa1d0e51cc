"""The spiders, one per kind of source. A spider only yields or raises."""
