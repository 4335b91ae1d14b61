"""What a virtual modem can be told with AT commands, and what it is told now."""

import re
from typing import Final, Literal

CallerId = Literal["+VCID", "+VCID in voice", "#CID", ""]
"""How a model is told to report callers: at once, in voice mode only, in the old way, not at all."""

_ORDER: Final = re.compile(r"Z|E[01]|V[01]|S0=\d+|[+#][A-Z]+=[0-9A-F]+")
_PROFILE: Final = {"E": "1", "V": "1", "S0": "1", "+FCLASS": "0", "+VCID": "0", "#CID": "0", "+GCI": "B5"}
"""A careless owner's: it echoes, and answers calls at the first ring."""


class ModemSettings:
    """The settings of one modem, as it wakes up."""

    def __init__(self, caller_id: CallerId) -> None:
        self._caller_id = caller_id
        self._now = dict(_PROFILE)

    def reset(self) -> None:
        """Back to the profile."""
        self._now = dict(_PROFILE)

    @property
    def echoes(self) -> bool:
        """Whether it sends back what it hears."""
        return self._now["E"] == "1"

    @property
    def speaks_words(self) -> bool:
        """Whether it answers with words; else with digits."""
        return self._now["V"] == "1"

    @property
    def answers_at(self) -> int:
        """The ring at which it answers the call itself, 0 = never."""
        return int(self._now["S0"])

    @property
    def in_voice(self) -> bool:
        """Whether it is in voice mode."""
        return self._now["+FCLASS"] == "8"

    @property
    def country(self) -> str:
        """T.35 code of the country whose lines it believes to be on."""
        return self._now["+GCI"]

    @property
    def tells_callers(self) -> bool:
        """Whether it was told, in its own way, to report who calls."""
        return bool(self._caller_id) and self._now[self._caller_id.removesuffix(" in voice")] == "1"

    def obey(self, orders: str) -> bool:
        """Do what stands behind ``AT``; False when it does not know one of them."""
        if _ORDER.sub("", orders):
            return False
        for order in _ORDER.findall(orders):
            name, _, value = order.partition("=") if "=" in order else (order[0], "", order[1:])
            if name == "Z":
                self.reset()
            elif not self._knows(name, value):
                return False
            else:
                self._now[name] = value
        return True

    def _knows(self, name: str, value: str) -> bool:
        match name:
            case "+FCLASS":
                return value == "0" or (value == "8" and self._caller_id != "#CID")
            case "+VCID":
                return self._caller_id == "+VCID" or (self._caller_id == "+VCID in voice" and self.in_voice)
            case "#CID":
                return self._caller_id == "#CID"
            case _:
                return name in self._now
