"""What may be asked of the hall: one strict struct per command, tagged; the format on the wire.

Unknown fields are refused: a command somebody half-understands is worse than none. The controller stamps the time and
knows the sender from the topic, so neither stands here.
"""

import msgspec

from firmware_py.core.commands.base import *  # noqa: F403
from firmware_py.core.commands.desk import *  # noqa: F403
from firmware_py.core.commands.desk import DeskCommands
from firmware_py.core.commands.kiosk import *  # noqa: F403
from firmware_py.core.commands.kiosk import KioskCommands
from firmware_py.core.commands.reports import *  # noqa: F403
from firmware_py.core.commands.reports import ReportCommands
from firmware_py.core.commands.supervisor import *  # noqa: F403
from firmware_py.core.commands.supervisor import SupervisorCommands
from firmware_py.core.events import HallEvent

HallCommand = KioskCommands | DeskCommands | SupervisorCommands | ReportCommands
"""Everything that may be asked over the link."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command as it travels: ``cmd_id`` names it for the business day (its repeat gets the first answer) and is the
    correlation id too; it is worth nothing ``expires_in_ms`` after it was sent."""

    cmd_id: str
    command: HallCommand
    expires_in_ms: int = 5000


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a request: the event it led to, or the key of a refusal in the phrases with its values."""

    cmd_id: str
    event: HallEvent | None = None
    refusal: str = ""
    details: dict[str, str | int] = {}

    @property
    def accepted(self) -> bool:
        """Whether the hall did it."""
        return not self.refusal
