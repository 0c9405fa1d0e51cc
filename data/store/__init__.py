"""The only package that knows SQL: one module per topic, each a handful of functions over a `Store`."""
