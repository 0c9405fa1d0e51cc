"""Load Datasette without the number libraries that its converter of units loads where they are installed.

Nothing here converts units; dask, numpy and scipy took half of the time to start and 43 MB.
"""

from __future__ import annotations

import importlib
import sys

UNUSED = ("dask", "numpy")


def load_datasette() -> None:
    """Import it once; what stayed out can be imported by anybody afterwards."""
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: there is no such module
    try:
        importlib.import_module("datasette.views.base")
    finally:
        for name in hidden:
            del sys.modules[name]
