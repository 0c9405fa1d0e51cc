"""The process that reads one Office file: `python -m crawler.text.office_child BYTES SECONDS docx|xlsx`.

The file on standard input, one JSON object on standard output: {title, text, truncated} or {error}. What was
read before a cap, the time or the memory ended is kept, as truncated.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from crawler.text.office_guard import guard
from crawler.text.office_lines import Full, Lines
from crawler.text.reading_child import LIMITS, limit
from data.errors import Malformed


def read_office(reader: ModuleType, body: bytes) -> dict[str, Any]:
    """What the file says by `reader`, which is office_word or office_excel."""
    lines = Lines()
    try:
        guard(body)
        reader.read(body, lines)
    except Malformed as error:
        return {"error": str(error)}
    except reader.FAULTS as error:
        return {"error": f"the file cannot be read ({type(error).__name__})"}
    except (Full, MemoryError):
        if not lines.kept:
            return LIMITS
        lines.truncated = True
    return {"title": lines.title, "text": "\n".join(lines.kept), "truncated": lines.truncated}


if __name__ == "__main__":
    memory, seconds, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # openpyxl takes numpy's types along where numpy is installed; numpy's start costs more than the reading.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    reader = import_module(f"crawler.text.office_{'word' if kind == 'docx' else 'excel'}")
    limit(memory, seconds)
    try:
        found = read_office(reader, sys.stdin.buffer.read())
    except MemoryError:
        found = LIMITS
    sys.stdout.write(json.dumps(found))
