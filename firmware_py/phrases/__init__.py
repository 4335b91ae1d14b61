"""Every sentence the public, the clerk or the supervisor sees or hears, and how it is filled with values.

The sentences stand in ``zh.toml``; this is the way to them. ``speech`` words a call for the voice, ``slips`` the paper,
``telling`` the journal, and ``lint`` checks notices and the pack itself.
"""

from firmware_py.phrases.pack import text
from firmware_py.phrases.prompts import absence_reasons, prompts
from firmware_py.phrases.refusals import Fault, fault, refusal
from firmware_py.phrases.signs import board_lines, board_lost, hanzi_of, sign, sign_lost

__all__ = [
    "Fault",
    "absence_reasons",
    "board_lines",
    "board_lost",
    "fault",
    "hanzi_of",
    "prompts",
    "refusal",
    "sign",
    "sign_lost",
    "text",
]
