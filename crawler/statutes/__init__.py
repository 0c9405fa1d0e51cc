"""Read e-Gov's laws in the forms they come in (XML, API JSON, Markdown) and follow their revisions."""
