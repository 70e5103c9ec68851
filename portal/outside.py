"""Outside: of all processes, one at a time waits for systems of other people. The others go on with mail and codes.

A system that is silent holds up one worker for seconds. If each ring took another worker, all of them would hang on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from portal import locks

KEY = "outside"


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process may talk to the outside in this block. False: another one does; come again later."""
    with locks.alone(KEY) as mine:
        yield mine
