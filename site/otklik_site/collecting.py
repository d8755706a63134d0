"""Python's search for rubbish, held off where there is none: it would look through ten thousand pages."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A fifth of a build is saved by looking only after so many new objects.
SELDOM = 200_000
NEVER = 0


@contextmanager
def collecting(after: int) -> Iterator[None]:
    """Within it rubbish is looked for after so many new objects, or never; what is made counts as looked through."""
    before = gc.get_threshold()
    gc.set_threshold(after, 50, 100)
    try:
        yield
    finally:
        # All that there is stands among the old now: it would be looked through at once otherwise.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)
