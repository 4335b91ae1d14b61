"""Whether each sign of a device is wide enough for what its hall will have to show on it (R-CALL-06, rules.md 4.4)."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Final

from drivers.led import FONT_PX
from firmware_py import phrases
from firmware_py.runtime.device_checks import instances
from firmware_py.runtime.device_file import DeskInstance, DeviceConfig, HallInstance, KioskInstance
from firmware_py.runtime.hall_file import HallFile
from firmware_py.runtime.problems import Problems, shown
from firmware_py.runtime.wire_settings.sign import SignConfig, StripSign, WeilipuSign

LARGEST_NUMBER = "1000"
"""Numbers have three digits and grow to four (R-CORE-03)."""


LINE_HANZI: Final[Mapping[type, int]] = {StripSign: 100, WeilipuSign: 127}
"""What one frame of these wires takes; a font card takes any notice."""


def check_signs(device: DeviceConfig, hall: HallFile, problems: Problems) -> None:
    """Note every sign and board of ``device`` that is too narrow for a text that has no shorter wording."""
    prefixes = [hall.hall.manual_prefix, *(service.prefix for service in hall.service)]
    ticket = max(prefixes, key=len) + LARGEST_NUMBER
    desk = max((desk.id for desk in hall.desk), default=1)
    longest = max((hall.hall.notice, *(notice.text for notice in hall.notice)), key=phrases.hanzi_of)
    for path, each in instances(device, problems):
        if isinstance(each, HallInstance) and each.board is not None:
            _check_notice(f"{path}.board.driver", each.board, longest, problems)
    for path, sign, text in _signs(device, problems, ticket, desk):
        needed = ceil(phrases.hanzi_of(text) * FONT_PX)
        if sign.width_px < needed and not problems.has(f"{path}.width_px"):
            problems.add(f"{path}.width_px", f"{sign.width_px}", f"{needed} or more, the width of “{text}”")


def _check_notice(path: str, board: SignConfig, longest: str, problems: Problems) -> None:
    most = LINE_HANZI.get(type(board))
    if most is not None and phrases.hanzi_of(longest) > most:
        driver = shown(str(board.__struct_config__.tag))
        problems.add(
            path,
            f"{driver}, which takes {most} 汉字 in a line",
            f"a hall.toml whose notices are no longer; one has {ceil(phrases.hanzi_of(longest))}",
        )


def _signs(device: DeviceConfig, problems: Problems, ticket: str, desk: int) -> Iterator[tuple[str, SignConfig, str]]:
    """Path, sign, and the widest text it must hold."""
    for path, each in instances(device, problems):
        match each:
            case KioskInstance(sign=sign) if sign is not None:
                yield f"{path}.sign", sign, phrases.kiosk_sign_needs(ticket=ticket, desk=desk)
            case DeskInstance(sign=sign, desk=own) if sign is not None:
                yield f"{path}.sign", sign, phrases.sign_needs(ticket=ticket, desk=own)
            case HallInstance(board=board) if board is not None:
                yield f"{path}.board", board, phrases.board_needs(ticket=ticket, desk=desk)
            case _:
                pass
