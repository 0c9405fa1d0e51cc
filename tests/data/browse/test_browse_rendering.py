"""Our templates are rendered in one go; one that a plugin brings may still wait for what it names."""

from __future__ import annotations

import asyncio

from jinja2 import DictLoader
from visiting import Pages


def test_a_template_of_a_plugin_may_wait(pages: Pages) -> None:
    async def waits() -> str:
        await asyncio.sleep(0)
        return "it waited"

    assert "scopewatch" in pages.get("/").text
    pages.datasette.jinja_env.loader = DictLoader({"plugin.html": "{{ waits() }}"})
    made = pages.datasette.render_template("plugin.html", {"waits": waits})
    assert pages.runner.run(made) == "it waited"
