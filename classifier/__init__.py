"""Read pending documents and say which uses of the national identifiers they report."""
