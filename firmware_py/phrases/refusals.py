"""What a person is told who pressed in vain, or who stands before a device that needs a hand."""

import re
from collections.abc import Mapping

import msgspec

from firmware_py.phrases.pack import pack, text


def refusal(reason: str, details: Mapping[str, str | int]) -> str:
    """The polite sentence for ``Rejected(reason, **details)`` that says what to do or press next.

    Never raises: an unknown reason, of a newer controller perhaps, gets a sentence that fits any. A value that is
    empty or missing is worded around (``[unsaid]``); with ``n=0`` a sentence ending in ``_now`` is preferred.
    """
    key = f"refusals.{reason}"
    if details.get("n") == 0 and f"{key}_now" in pack():
        key = f"{key}_now"
    if key not in pack():
        key = "refusals.other"
    try:
        return text(key, **_worded(details))
    except ValueError:
        return text("refusals.other")


def _worded(details: Mapping[str, str | int]) -> dict[str, str | int]:
    """The values as the public may read them: states and commands by their Chinese names."""
    phrases = pack()
    values: dict[str, str | int] = {key[7:]: word for key, word in phrases.items() if key.startswith("unsaid.")}
    for name, value in details.items():
        if name == "state":
            values[name] = phrases.get(f"states.{value}", str(value))
        elif name == "command":
            snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(value)).lower()
            for key in (f"keys.{snake}", f"commands.{snake}"):
                values[name] = phrases.get(key, values[name])
        elif value != "":
            values[name] = value
    return values


class Fault(msgspec.Struct, frozen=True):
    """A device's trouble in words: ``brief`` for a list, ``public`` for the sign beside it, ``staff`` what to do."""

    brief: str
    public: str
    staff: str


def fault(reason: str) -> Fault:
    """The words for a device reason: a ``DriverFault``'s code or ``offline``. Never raises."""
    key = f"faults.{reason}"
    if f"{key}.public" not in pack():
        key = "faults.other"
    return Fault(*(text(f"{key}.{form}", reason=reason) for form in ("brief", "public", "staff")))
