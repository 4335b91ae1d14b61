"""``device.toml``: this one Pi - which instances run on it, and which wire of each goes where."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from firmware_py.errors import ConfigError
from firmware_py.runtime.problems import Problems, did_you_mean, one_of, shown
from firmware_py.runtime.shape import decode
from firmware_py.runtime.toml_text import read_toml
from firmware_py.runtime.value_kinds import (
    Baud,
    CardAddress,
    DeskNumber,
    DevicePath,
    KeyName,
    Levels,
    Name,
    PadAddress,
    Pin,
    Pins,
    Rooted,
    RootedOrNone,
    WireKey,
)

DOTS: Final = {58: 384, 80: 576}
"""Print width of a paper in dots, by its width in millimetres (hardware.md 1.2)."""


class LinkConfig(msgspec.Struct, frozen=True):
    """``[link]``: the hall's broker, on the controller's Pi.

    ``ca``, ``cert`` and ``key`` are paths, in which ``{instance}`` stands for the instance's name; without them the
    link is plain text, which only the loopback may be; there ``password_file`` proves the instance. What lies at
    ``key`` and ``password_file`` is secret.
    """

    host: Annotated[str, Meta(min_length=1, description="a host name or address")]
    kind: Literal["mqtt"] = "mqtt"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    keepalive_s: Annotated[int, Meta(ge=5, le=120)] = 15
    ca: RootedOrNone = ""
    cert: RootedOrNone = ""
    key: RootedOrNone = ""
    password_file: RootedOrNone = ""

    def of(self, instance: str) -> "LinkConfig":
        """The same for one instance, its name put into the paths."""
        paths = (self.ca, self.cert, self.key, self.password_file)
        ca, cert, key, password_file = (path.replace("{instance}", instance) for path in paths)
        return msgspec.structs.replace(self, ca=ca, cert=cert, key=key, password_file=password_file)


class ClockConfig(msgspec.Struct, frozen=True):
    """``[clock]``: what this Pi's wall clock may be trusted for (R-CORE-20); ``none`` = a clerk confirms it each boot.

    ``offset_file`` is the demo's hand on the clock (``clock.OffsetClock``).
    """

    source: Literal["rtc", "ntp", "none"] = "none"
    offset_file: RootedOrNone = ""


class Instance(msgspec.Struct, frozen=True, tag_field="role"):
    """One daemon: its name in topics, its certificate, its systemd instance."""

    id: Name


class ControllerInstance(Instance, frozen=True, tag="controller"):
    """The one writer of the queue. ``secret_file`` proves rating windows; "" = made in its state directory."""

    secret_file: RootedOrNone = ""


class PrinterConfig(msgspec.Struct, frozen=True):
    """A ticket printer; ``port`` as ``drivers.printer.transport.parse_port`` reads it."""

    port: str
    driver: Literal["escpos"] = "escpos"
    width_mm: Literal[80, 58] = 80
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    font: RootedOrNone = ""

    @property
    def width_dots(self) -> int:
        """Width of the print head."""
        return DOTS[self.width_mm]


class ButtonConfig(msgspec.Struct, frozen=True):
    """One button: its pin, and the ticket it takes."""

    pin: Pin
    service: Name
    klass: Literal["X", "G"] = "X"


class ButtonsConfig(msgspec.Struct, frozen=True):
    """A kiosk's panel: the button's name → the button. ``pull_up`` = contacts to ground."""

    pins: Annotated[dict[Name, ButtonConfig], Meta(min_length=1)]
    factory: Pins = "gpio"
    pull_up: bool = True


class SignConfig(msgspec.Struct, frozen=True):
    """An LED card; 16 px of height for each line of text."""

    port: DevicePath
    driver: Literal["onbon"] = "onbon"
    address: CardAddress = 1
    baud: Baud = 57600
    width_px: Annotated[int, Meta(ge=16, le=4096)] = 64
    lines: Annotated[int, Meta(ge=1, le=16)] = 1

    @property
    def height_px(self) -> int:
        """Height of the card."""
        return self.lines * 16


class ReaderConfig(msgspec.Struct, frozen=True):
    """A bar or QR code reader on a serial line: a code a line."""

    port: DevicePath
    driver: Literal["serial"] = "serial"
    baud: Baud = 9600


class KioskInstance(Instance, frozen=True, tag="kiosk"):
    """A number dispenser, with a sign that speaks for it when its printer cannot, and a code reader for appointments
    and returning tickets; ``debounce_ms`` is R-KIOSK-01's."""

    printer: PrinterConfig
    buttons: ButtonsConfig
    sign: SignConfig | None = None
    reader: ReaderConfig | None = None
    debounce_ms: Annotated[int, Meta(ge=100, le=5000)] = 1500


class Ff68Pad(msgspec.Struct, frozen=True, tag_field="driver", tag="ff68"):
    """A staff pad on the ``FF 68`` serial bus; ``keys`` are changes to ``drivers.keypad.keycaps``."""

    port: DevicePath
    address: PadAddress = 1
    baud: Baud = 9600
    keys: dict[WireKey, str] = {}


class EvdevPad(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """A USB number pad as staff pad; ``path`` may be a pattern."""

    path: DevicePath
    keys: Annotated[dict[KeyName, str], Meta(min_length=1)]
    address: PadAddress = 1


class DeskInstance(Instance, frozen=True, tag="desk"):
    """A desk's staff pad and the sign over it."""

    desk: DeskNumber
    pad: Ff68Pad | EvdevPad
    sign: SignConfig | None = None


class VoiceConfig(msgspec.Struct, frozen=True):
    """The loudspeaker. ``device`` is ALSA's, "" its default; ``clips`` "" = the pack that ships; ``engine`` = whether
    text without clips may be synthesised; ``cache`` "" = in the daemon's runtime directory."""

    player: Annotated[tuple[str, ...], Meta(min_length=1)] = ("aplay", "-q")
    device: str = ""
    clips: RootedOrNone = ""
    engine: bool = True
    cache: RootedOrNone = ""


class HallInstance(Instance, frozen=True, tag="hall"):
    """The hall board and the voice: either, or both."""

    board: SignConfig | None = None
    voice: VoiceConfig | None = None


class Ff68Keypad(msgspec.Struct, frozen=True, tag_field="driver", tag="ff68"):
    """An evaluator on the ``FF 68`` serial bus."""

    port: DevicePath
    address: PadAddress = 1
    baud: Baud = 9600
    levels: Levels = (5, 4, 3, 2, 1)


class EvdevKeypad(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """A USB number pad as evaluator; ``keys`` from left to right."""

    path: DevicePath
    keys: Annotated[tuple[KeyName, ...], Meta(min_length=1)]
    address: PadAddress = 1
    levels: Levels = (5, 4, 3, 2, 1)


class EvaluatorInstance(Instance, frozen=True, tag="evaluator"):
    """A desk's evaluator; ``reduced_scale`` admits an old one with three or four keys (R-EVAL-11).
    ``voice`` is a small loudspeaker at the desk, never the hall's (R-EVAL-06)."""

    desk: DeskNumber
    keypad: Ff68Keypad | EvdevKeypad
    reduced_scale: bool = False
    voice: VoiceConfig | None = None


class PhoneInstance(Instance, frozen=True, tag="phone"):
    """A desk's telephone line, which has its instance's name; ``pull_up`` = detectors that pull to ground. Where they
    are fitted, ``second`` is the ring detector of the telephone's line 2, ``loop`` that of the exchange's voltage."""

    ring: Pin
    hook: Pin
    second: Pin | None = None
    loop: Pin | None = None
    factory: Pins = "gpio"
    pull_up: bool = True


class UplinkInstance(Instance, frozen=True, tag="uplink"):
    """Carries the hall's journal to the centre. It runs where the controller does and reads its file ``journal``;
    ``centre`` is the city's broker."""

    centre: LinkConfig
    journal: Rooted = "/var/lib/hall/controller/journal.db"


AnyInstance = (
    ControllerInstance
    | KioskInstance
    | DeskInstance
    | HallInstance
    | EvaluatorInstance
    | PhoneInstance
    | UplinkInstance
)

I = TypeVar("I", bound=Instance)  # noqa: E741 - one letter, as type variables are


class DeviceConfig(msgspec.Struct, frozen=True, rename={"instances": "instance"}):
    """The whole file. ``state`` is the directory that holds one of each instance's name."""

    link: LinkConfig
    instances: Annotated[tuple[AnyInstance, ...], Meta(min_length=1)]
    state: Rooted = "/var/lib/hall"
    clock: ClockConfig = ClockConfig()

    def instance(self, name: str, role: type[I]) -> I:
        """The settings of the daemon that was started as ``name``.

        Raises:
            ConfigError: no instance of that name here, or one of another role.
        """
        names = [each.id for each in self.instances]
        for each in self.instances:
            if each.id == name and isinstance(each, role):
                return each
            if each.id == name:
                raise ConfigError([f"{shown(name)} is a {_role(type(each))} in device.toml; allowed: a {_role(role)}"])
        hint = did_you_mean(name, names)
        text = f"{shown(name)} is no instance of device.toml; allowed: {one_of(names)}"
        raise ConfigError([f"{text}; {hint}" if hint else text])

    def state_of(self, name: str) -> Path:
        """Where the instance of that name keeps its journal and the like."""
        return Path(self.state) / name


def read_device(path: Path, problems: Problems) -> DeviceConfig | None:
    """The file, with blanks where ``problems`` says something is wrong; None when it is no TOML."""
    raw = read_toml(path, problems)
    return None if raw is None else decode(DeviceConfig, raw, problems)


def _role(role: type[Instance]) -> str:
    return str(role.__struct_config__.tag)
