"""Everything that is kept: one SQLite file through sqlite-utils; no SQL stands outside this package."""

from otklik_collector.store.database import Store, open_store
from otklik_collector.store.keys import SiteKey

__all__ = ["SiteKey", "Store", "open_store"]
