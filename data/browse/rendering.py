"""Our templates rendered in one go: none of them waits for anything, and in asyncio each name and call could.

Datasette lets a template wait for what it names; to be able to, Jinja passes every call through a coroutine,
which took a third of the time of a page with many records.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.app import Datasette
from jinja2 import Template


class PromptTemplate(Template):
    """A template that Datasette may await."""

    async def render_async(self, *context: Any, **more: Any) -> str:
        return self.render(*context, **more)


class Site(Datasette):  # type: ignore[misc]  # datasette has no types
    """Renders what lies in its `template_dir` promptly; a plugin's own templates may wait as ever."""

    def __init__(self, *settings: Any, template_dir: str, **more: Any) -> None:
        super().__init__(*settings, template_dir=template_dir, **more)
        self._ours = Path(template_dir)
        self._prompt = self.jinja_env.overlay(enable_async=False, auto_reload=False)
        self._prompt.template_class = PromptTemplate

    async def render_template(self, templates: Any, *given: Any, **more: Any) -> str:
        found = templates
        if not isinstance(templates, Template):
            names = [templates] if isinstance(templates, str) else templates
            found = self.jinja_env.select_template(names)
        if found.filename and Path(found.filename).is_relative_to(self._ours):
            found = self._prompt.get_template(found.name)
        html: str = await super().render_template(found, *given, **more)
        return html
