"""Has msgspec read the type of every struct before a second thread begins.

msgspec (0.22 and before) builds a struct's type information when it is first decoded, publishes it half built and
lets other threads run meanwhile: two threads that decode the same new type at once end the process with SIGSEGV.
"""

import contextlib
from collections.abc import Iterator

import msgspec


def read_all() -> None:
    """Read the type of every struct that is imported by now. Call it before starting threads; cheap the second time."""
    for kind in _below(msgspec.Struct):
        # what no wire can carry is never decoded
        with contextlib.suppress(TypeError, NameError):
            msgspec.json.Decoder(kind)


def _below(kind: type) -> Iterator[type]:
    each: type
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
