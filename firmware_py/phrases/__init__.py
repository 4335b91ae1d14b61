"""Every sentence the public, the clerk or the supervisor sees or hears, and how it is filled with values.

The sentences stand in ``zh.toml``; this is the way to them. ``speech`` words a call for the voice, ``slips`` the paper,
``telling`` the journal, and ``lint`` checks notices and the pack itself.
"""

from firmware_py.phrases.kiosk_sign import kiosk_sign, kiosk_sign_needs
from firmware_py.phrases.pack import text
from firmware_py.phrases.prompts import absence_reasons, prompts
from firmware_py.phrases.refusals import Fault, fault, refusal
from firmware_py.phrases.signs import board_lines, board_lost, board_needs, hanzi_of, sign, sign_lost, sign_needs

__all__ = [
    "Fault",
    "absence_reasons",
    "board_lines",
    "board_lost",
    "board_needs",
    "fault",
    "hanzi_of",
    "kiosk_sign",
    "kiosk_sign_needs",
    "prompts",
    "refusal",
    "sign",
    "sign_lost",
    "sign_needs",
    "text",
]
