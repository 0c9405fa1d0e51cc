"""The pages in which people read the public database: a Datasette with its own routes and templates."""

from data.browse.lightly import load_datasette

load_datasette()  # before any module of ours names it
