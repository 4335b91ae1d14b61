"""What a key of the desk asks the hall for (R-DESK-01): the words of device.toml and their commands."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from firmware_py.core import commands as c

WORDS: Final[Mapping[str, Callable[[int], c.HallCommand]]] = MappingProxyType(
    {
        "login": c.Login,
        "logout": c.Logout,
        "next": c.Next,
        "recall": c.Recall,
        "arrive": c.Arrive,
        "pass": c.Pass,
        "hold": c.Hold,
        "resume_ticket": c.ResumeTicket,
        "transfer": c.Transfer,
        "add_item": c.AddItem,
        "finish": c.Finish,
        "wait": c.Wait,
        "pause": c.Pause,
        "resume_desk": c.ResumeDesk,
        "undo": c.Undo,
        "interrupt": c.Interrupt,
        "give_reason": lambda desk: c.GiveReason(desk, ""),  # the digits behind it choose the reason
        "stand_in": c.StandIn,
        "assist": c.Assist,
        "pickup": c.Pickup,
        "callback_done": c.CallbackDone,
        "record_done": c.RecordDone,
        "begin_self_test": c.BeginSelfTest,
        "end_self_test": c.EndSelfTest,
        "confirm_clock": lambda _: c.ConfirmClock(),  # it reads what the controller shows (R-CORE-20)
    }
)
"""The desk keys by their word in ``device.toml``, and the command each gives for a desk."""
