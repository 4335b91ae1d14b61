"""What the values of both configuration files may look like, each described for the one who wrote something else."""

from typing import Annotated, Literal

from msgspec import Meta

Name = Annotated[
    str,
    Meta(pattern=r"\A[a-z0-9][a-z0-9_-]{0,31}\Z", description="a name of small letters, digits, - and _, 32 at most"),
]
"""Names of halls, services and instances: they become topics, certificates, systemd units and folders."""

NameOrNone = Annotated[
    str,
    Meta(
        pattern=r"\A([a-z0-9][a-z0-9_-]{0,31})?\Z",
        description='a name of small letters, digits, - and _, 32 at most, or "" for none',
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=64, description="a text of 1 to 64 characters")]
TextOrNone = Annotated[str, Meta(max_length=64, description="a text of at most 64 characters")]
Prefix = Annotated[
    str,
    Meta(
        pattern=r"\A[ABCDFGHJKLMNPRSTUVWXYZ]{1,2}\Z",
        description="one or two capital letters, never E, I, O, Q (R-CORE-03)",
    ),
]
PrefixOrNone = Annotated[
    str,
    Meta(
        pattern=r"\A[ABCDFGHJKLMNPRSTUVWXYZ]{0,2}\Z",
        description='one or two capital letters, never E, I, O, Q (R-CORE-03), or "" for none',
    ),
]
ServedNames = Annotated[
    tuple[
        Annotated[
            str,
            Meta(
                pattern=r"\A([a-z0-9][a-z0-9_-]{0,31}|\*)\Z",
                description='a name of small letters, digits, - and _, 32 at most, or "*" for all services',
            ),
        ],
        ...,
    ],
    Meta(min_length=1),
]
StaffNumber = Annotated[
    str,
    Meta(pattern=r"\A[0-9A-Za-z-]{1,16}\Z", description="a staff number of letters, digits and -; never a name (J01)"),
]
StaffNumberOrNone = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9A-Za-z-]{0,16}\Z",
        description='a staff number of letters, digits and -, never a name (J01), or "" for none',
    ),
]
Year = Annotated[int, Meta(ge=2020, le=2100)]
DateText = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z", description='a date in quotes, "2026-10-01"')]
DateOrNone = Annotated[
    str, Meta(pattern=r"\A(\d{4}-\d\d-\d\d)?\Z", description='a date in quotes, "2026-10-01", or "" for no end')
]
MomentOrNone = Annotated[
    str,
    Meta(
        pattern=r"\A(\d{4}-\d\d-\d\d( ([01]\d|2[0-3]):[0-5]\d)?)?\Z",
        description='a day or a time in quotes, "2026-12-01" or "2026-12-01 08:30", or "" for none',
    ),
]
WebAddressOrNone = Annotated[
    str,
    Meta(
        pattern=r"\A(https?://[!-~]{1,180})?\Z",
        description='an address that leads somewhere, "https://…", or "" for none',
    ),
]
Phone = Annotated[
    str, Meta(pattern=r"\A\+?[0-9][0-9 -]{1,18}[0-9]\Z", description='a telephone number, such as "12345"')
]
Session = Annotated[
    str,
    Meta(
        pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z",
        description='a session of the day, "HH:MM-HH:MM"',
    ),
]
DeskNumber = Annotated[int, Meta(ge=1, le=999)]
Rooted = Annotated[str, Meta(pattern=r"\A/", description='a path from the root, "/…"')]
RootedOrNone = Annotated[str, Meta(pattern=r"\A(/|\Z)", description='a path from the root, "/…", or "" for none')]
DevicePath = Annotated[
    str, Meta(pattern=r"\A/.", description='a device, best a udev link that survives replugging: "/dev/…"')
]
Pins = Annotated[
    str, Meta(pattern=r"\A(gpio|socket:/.+)\Z", description='"gpio", this Pi\'s header, or "socket:/path" of a board')
]
Pin = Annotated[int, Meta(ge=2, le=27, description="a BCM pin number from 2 to 27")]
KeyName = Annotated[str, Meta(pattern=r"\AKEY_[A-Z0-9]+\Z", description='the name of a key, such as "KEY_KP1"')]
WireKey = Annotated[
    str, Meta(pattern=r"\A[0-9A-F]{2}(\+[0-9A-F]{2})?\Z", description='the key\'s code, such as "0C" or "06+0F"')
]
Levels = Annotated[
    tuple[Annotated[int, Meta(ge=1, le=5)], ...],
    Meta(description="the levels of the keys from left to right, such as [5, 4, 3, 2, 1]"),
]
Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
PadAddress = Annotated[int, Meta(ge=1, le=254)]
CardAddress = Annotated[int, Meta(ge=1, le=65533)]
