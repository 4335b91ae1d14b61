"""What this Pi itself must have: a clock that tells the time, room to write, and the hall's link within reach."""

import os
import queue
import shutil
import socket
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

from firmware_py.errors import DriverOffline
from firmware_py.link import LinkUp, Role
from firmware_py.phrases import text
from firmware_py.runtime.device_file import ControllerInstance, DeviceConfig, LinkConfig
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.results import NotAsItShould
from sync.mqtt.connecting import connect

VISITOR: Final = "selftest"
"""Its name on the link: it only looks, and leaves nothing there."""
ANSWER_S: Final = 5.0
ROOM_MB: Final = 200
"""Less room than this, and a year's journal may not fit."""
_SANE: Final = (2025, 2100)


def try_clock(device: DeviceConfig, bench: Bench) -> None:
    """The wall clock: sane, and vouched for where the configuration says by whom.

    Raises:
        NotAsItShould: ``clock_wrong``, ``clock_untrusted``.
    """
    source, clock = device.clock.source, bench.clock
    wall = datetime.fromtimestamp(clock.wall_ms() / 1000 + bench.plan.utc_offset_min * 60, UTC)
    shown = wall.strftime("%Y-%m-%d %H:%M:%S")
    if not _SANE[0] <= wall.year < _SANE[1]:
        raise NotAsItShould("clock_wrong", time=shown)
    if source == "none" and not device.clock.offset_file:
        here = any(isinstance(each, ControllerInstance) for each in device.instances)
        bench.note(text("selftest.saw.clock_by_hand" if here else "selftest.saw.clock_from_link", time=shown))
    elif clock.trusted():
        bench.note(text("selftest.saw.clock_source", time=shown, source=source))
    else:
        raise NotAsItShould("clock_untrusted", source=source)


def try_storage(device: DeviceConfig, bench: Bench, room_mb: int = ROOM_MB) -> None:
    """A file can be written beside the instances' folders, and there is room.

    Raises:
        NotAsItShould: ``not_writable``, ``disk_full``.
    """
    path = Path(device.state)
    while not path.exists():  # the daemons make it at their first start
        path = path.parent
    try:
        with tempfile.NamedTemporaryFile(dir=path, prefix=".selftest-") as file:
            file.write(b"hall selftest")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(path).free // 1_000_000
    except OSError as error:
        raise NotAsItShould("not_writable", path=str(path), detail=error.strerror or str(error)) from error
    if free < room_mb:
        raise NotAsItShould("disk_full", path=str(path), free=free)
    bench.note(text("selftest.saw.storage", path=str(path), free=free))


def try_link(link: LinkConfig, owner: str, bench: Bench) -> None:
    """The broker takes a visitor and answers it; ``owner`` is the instance whose certificate or password proves us.

    Raises:
        NotAsItShould: ``link_files``, ``link_silent``, ``link_refused``.
    """
    own = link.of(owner)
    for path in filter(None, (own.ca, own.cert, own.key, own.password_file)):
        try:
            Path(path).open("rb").close()
        except OSError as error:
            raise NotAsItShould("link_files", path=path, why=error.strerror or str(error)) from error
    began = time.monotonic()
    place: dict[str, str | int] = {"host": link.host, "port": link.port}
    try:  # tells a broker that does not run, or a host that is not there, from one that turns us away
        socket.create_connection((link.host, link.port), ANSWER_S).close()
    except OSError as error:
        raise NotAsItShould("link_silent", **place, why=error.strerror or str(error)) from error
    visitor = connect(link, VISITOR, Role.VIEWER, bench.plan.id, token_hex(8), proves_as=owner)
    visitor.subscribe(visitor.topics.hall_state)  # its confirmation is the round trip
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    visitor.open(inbox.put)
    try:
        up = bench.await_reading(inbox, lambda item: isinstance(item, LinkUp), ANSWER_S)
    except DriverOffline:
        up = None
    finally:
        visitor.close()
    if up is None:
        raise NotAsItShould("link_refused", **place, s=round(ANSWER_S))
    ms = round((time.monotonic() - began) * 1000)
    bench.note(text("selftest.saw.link", **place, ms=ms))
