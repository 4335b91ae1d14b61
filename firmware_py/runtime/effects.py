"""The effects every daemon's logic may ask for; each daemon adds its own beside them."""

import msgspec

from firmware_py.core.commands import Request
from firmware_py.core.facts import EdgeFact
from firmware_py.link import Lifecycle


class Send(msgspec.Struct, frozen=True):
    """Put this request on the link."""

    request: Request


class SetStatus(msgspec.Struct, frozen=True):
    """Tell the hall where this instance is in its life."""

    state: Lifecycle


class Keep(msgspec.Struct, frozen=True):
    """Journal this fact, then let the stream carry it to the controller."""

    fact: EdgeFact
