"""All tables, whichever module they are in. Law: a module here whose name ends in `tables` is one of them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from api import storage
from api.storage.tables import Base


def every_table() -> MetaData:
    """Return what is known of every table."""
    for module in iter_modules(storage.__path__):
        if module.name.endswith("tables"):
            import_module(f"api.storage.{module.name}")
    return Base.metadata
