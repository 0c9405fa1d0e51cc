"""The store (the only place that knows SQL), the schema, the ledger, and what Datasette shows."""
