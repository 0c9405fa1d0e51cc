"""Load Datasette without its converter of units, which loads dask, numpy and scipy where they are installed.

No table here names a unit (`units` in metadata.yml), and nothing asks for the converter then; it took two thirds
of the time to start and 60 MB.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

CONVERTER = "datasette.vendored.pint"


def load_datasette() -> None:
    """Import it once; whoever wants the converter can import it afterwards."""
    if CONVERTER in sys.modules:
        return
    stand_in = ModuleType(CONVERTER)
    vars(stand_in)["UnitRegistry"] = lambda: None
    sys.modules[CONVERTER] = stand_in
    try:
        importlib.import_module("datasette.views.base")
    finally:
        del sys.modules[CONVERTER]
