"""A desk's pad and sign as a daemon: settings, drivers, inbox, loop; closed in reverse."""

from secrets import token_hex

from caller.pad_desk import PadDesk, ShowSign
from caller.pad_signals import Beep, Light, ShowDigits
from caller.pads import pad_port
from drivers.led import FONT_PX
from firmware_py.link import CONTROLLER
from firmware_py.runtime.device_file import DeskInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.site import Site
from firmware_py.runtime.wires import sign_port


def build(settings: DeskInstance, site: Site) -> Loop:
    """The daemon of one desk, ready to ``run``."""
    pad = pad_port(settings.pad, site)
    wire = settings.sign
    sign = sign_port(wire, site, "sign") if wire is not None else None
    address = settings.pad.address

    def perform(effect: object) -> None:
        match effect:
            case Send(request):
                site.link.send(request)
            case ShowSign(text) if sign is not None and wire is not None:
                sign.submit_latest("sign", "sign", lambda driver: driver.show(wire.address, text))
            case ShowDigits(waiting, ticket):
                pad.submit_latest("digits", "digits", lambda driver: driver.show_digits(address, waiting, ticket))
            case Beep(times, long):
                pad.submit("beep", lambda driver: driver.beep(address, times, long=long))
            case Light(lamp, how):
                pad.submit_latest(f"lamp {lamp}", f"lamp {lamp}", lambda driver: driver.light(address, lamp, how))
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    topics = site.link.topics
    desk = site.plan.desk(settings.desk)
    resources: list[Resource] = [pad] if sign is None else [sign, pad]
    # the controller's status first: until it is known, the sign shows that the hall is not heard
    patterns = [topics.status(CONTROLLER), topics.answer(settings.id), topics.hall_state, topics.desk(settings.desk)]
    logic = PadDesk(
        settings.id,
        desk=settings.desk,
        address=address,
        keys=settings.pad.meanings,
        hanzi=wire.width_px // FONT_PX if wire is not None else 0,
        topics=topics,
        new_id=token_hex,
        services=tuple(service.id for service in site.plan.services),
        card=desk is not None and desk.login == "card",
        typing=settings.pad.digits,
        shows=settings.pad.shows,
        three=settings.pad.keymap == "three",
    )
    return site.loop(logic, perform, resources=resources, patterns=patterns)
