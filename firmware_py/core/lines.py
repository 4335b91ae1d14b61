"""The telephone line's transition table (rules.md 3.9): which fact may follow which state, and where it leads."""

from firmware_py.core import events as e
from firmware_py.core.states import LineState as L

LINE: dict[L, dict[type[e.LineEvent], L]] = {
    L.ON_HOOK: {
        e.Rang: L.RINGING,
        e.PhoneOutgoing: L.TALK,
        e.PhoneAnswered: L.TALK,  # a line that came into the plan while it rang
    },
    L.RINGING: {
        e.Rang: L.RINGING,
        e.PhoneAnswered: L.TALK,  # or ON_HOOK when it was taken on another telephone: see ``line_after``
        e.PhoneAbandoned: L.ON_HOOK,
        e.PhoneMissed: L.ON_HOOK,
        e.PhoneOutgoing: L.TALK,  # lifted after a ringing whose end nobody heard of
        e.PhoneUnknown: L.ON_HOOK,
    },
    L.TALK: {
        e.PhoneBusyMissed: L.TALK,
        e.PhoneEnded: L.ON_HOOK,
        e.PhoneUnknown: L.ON_HOOK,
    },
}
"""A fact that stands in no row leaves the line as it is."""


def line_after(state: L, event: e.LineEvent) -> L:
    """The state that follows; a call somebody took on another telephone leaves this one quiet."""
    if isinstance(event, e.PhoneAnswered) and event.inferred:
        return L.ON_HOOK
    return LINE[state].get(type(event), state)
