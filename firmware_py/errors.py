"""The errors of Hall, sorted by whose move is next.

A ``ConfigError`` waits for the person who edits the file, a ``Rejected`` for the person who pressed the key,
a ``JournalError`` for the supervisor, a ``DriverOffline`` for time, a ``DriverFault`` for a hand at the device.
"""


class HallError(Exception):
    """Root of every error that Hall raises on purpose."""


class ConfigError(HallError, ValueError):
    """A configuration cannot be used; carries every problem found, one line each.

    A daemon that raises it exits with code 78 (EX_CONFIG), which systemd does not restart.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Rejected(HallError):  # the design's word: a refusal is an answer
    """A command is not allowed now; nothing has changed.

    Args:
        reason: key of the refusal in the phrases (``[refusals]``), e.g. ``"desk_not_ready"``.
        details: values for the phrase's ``{}`` fields; never personal data.
    """

    def __init__(self, reason: str, **details: str | int) -> None:
        self.reason = reason
        self.details = details
        shown = ", ".join(f"{key}={value}" for key, value in details.items())
        super().__init__(f"{reason} ({shown})" if shown else reason)


class JournalError(HallError):
    """The journal cannot be written or read; the sentence says which file and what to do."""


class JournalCorrupt(JournalError):
    """The journal's hash chain or database structure does not verify."""


class DriverError(HallError):
    """Something on a wire went wrong. Always one of its two children is raised."""


class DriverOffline(DriverError):
    """The device is not there or does not answer; retry with back-off, log once."""


class DriverFault(DriverError):
    """The device answers and needs a person: paper out, cover open.

    Args:
        reason: a short code such as ``"paper_out"``; daemons turn it into the public's words.
        detail: what exactly was seen, for the technician.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)
