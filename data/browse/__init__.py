"""The pages in which people read the public database: a Datasette with its own routes and templates."""
