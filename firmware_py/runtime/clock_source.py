"""Who vouches for this machine's wall clock: a battery clock that agrees with it, or NTP (R-CORE-20)."""

import sys
from pathlib import Path
from typing import Final, Literal

Source = Literal["rtc", "ntp", "none"]
"""``[clock] source`` of device.toml: what this machine has. With a battery clock NTP vouches too; ``none`` = nobody."""

RTC: Final = Path("/dev/rtc0")
RTC_READS: Final = Path("/sys/class/rtc/rtc0/since_epoch")
TIMESYNCD: Final = Path("/run/systemd/timesync/synchronized")
RTC_AGREES_S: Final = 60
"""A battery clock further away than this is not where the wall clock got its time from: its battery is empty, or it has
none."""
_STA_UNSYNC: Final = 0x0040
_TIME_ERROR: Final = 5


def vouched_for(
    source: Source, wall_ms: int, *, rtc: Path = RTC, rtc_reads: Path = RTC_READS, timesyncd: Path = TIMESYNCD
) -> bool:
    """Whether ``wall_ms`` is to be believed."""
    if source == "none":
        return False
    return (source == "rtc" and _rtc_agrees(wall_ms, rtc, rtc_reads)) or timesyncd.exists() or kernel_synchronised()


def _rtc_agrees(wall_ms: int, rtc: Path, rtc_reads: Path) -> bool:
    if not rtc.exists():
        return False
    try:
        reads = int(rtc_reads.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return abs(reads - wall_ms // 1000) <= RTC_AGREES_S


def kernel_synchronised() -> bool:
    """Whether a time daemon, of whatever make, has told the kernel that its clock is synchronised (adjtimex(2))."""
    import ctypes  # only the controller needs it, and no daemon imports what it does not use

    long = ctypes.sizeof(ctypes.c_long)
    timex = ctypes.create_string_buffer(1024)  # struct timex with room to spare; modes 0: only asks
    try:
        state = int(ctypes.CDLL(None).adjtimex(timex))
    except (OSError, AttributeError):
        return False
    status = int.from_bytes(timex.raw[5 * long : 5 * long + 4], sys.byteorder)  # behind modes and four longs
    return state not in {-1, _TIME_ERROR} and not status & _STA_UNSYNC
