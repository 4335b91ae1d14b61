"""A desk's pad and sign as a daemon: settings, drivers, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from caller.pad_desk import Beep, PadDesk, ShowDigits, ShowSign
from caller.ports import pad_keys, pad_port, sign_port
from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import DeskInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.sd_notify import Notifier

HANZI_PX = 16


def build(
    plan: Plan,
    settings: DeskInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The daemon of one desk, ready to ``run``."""
    del plan, state, boot  # it keeps nothing: what it shows is the hall's
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    pad = pad_port(settings.pad, inbox.put, clock)
    wire = settings.sign
    sign = sign_port(wire, inbox.put, clock, "sign") if wire is not None else None
    address = settings.pad.address

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case Send(request):
                link.send(request)
            case ShowSign(text) if sign is not None and wire is not None:
                sign.submit_latest("sign", "sign", lambda driver: driver.show(wire.address, text))
            case ShowDigits(waiting, ticket):
                pad.submit_latest("digits", "digits", lambda driver: driver.show_digits(address, waiting, ticket))
            case Beep():
                pad.submit("beep", lambda driver: driver.beep(address))
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    topics = link.topics
    resources: list[Resource] = [pad] if sign is None else [sign, pad]
    # the controller's status first: until it is known, the sign shows that the hall is not heard
    patterns = [topics.status("controller"), topics.answer(settings.id), topics.hall_state, topics.desk(settings.desk)]
    resources.append(OnLink(link, inbox.put, patterns))
    logic = PadDesk(
        settings.id,
        desk=settings.desk,
        address=address,
        keys=pad_keys(settings.pad),
        hanzi=wire.width_px // HANZI_PX if wire is not None else 0,
        topics=topics,
        new_id=token_hex,
    )
    return Loop(
        settings.id,
        logic,
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=resources,
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )
