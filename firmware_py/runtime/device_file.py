"""``device.toml``: this one Pi - which instances run on it, and which wire of each goes where."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from firmware_py.errors import ConfigError
from firmware_py.runtime.problems import Problems, did_you_mean, one_of, shown
from firmware_py.runtime.shape import decode
from firmware_py.runtime.toml_text import read_toml
from firmware_py.runtime.value_kinds import DeskNumber, Name, NameOrNone, Rooted, RootedOrNone
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig
from firmware_py.runtime.wire_settings.keypad import KeypadConfig
from firmware_py.runtime.wire_settings.pad import PadConfig
from firmware_py.runtime.wire_settings.phone import GpioLine, ModemLine
from firmware_py.runtime.wire_settings.printer import PrinterConfig
from firmware_py.runtime.wire_settings.reader import ReaderConfig
from firmware_py.runtime.wire_settings.sign import SignConfig
from firmware_py.runtime.wire_settings.voice import VoiceConfig


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


class InProcess(msgspec.Struct, frozen=True, kw_only=True):
    """Where a daemon runs: in a process of its own, or with all of the same name ``together`` in one, which may then
    hang on the same wires."""

    together: NameOrNone = ""


class Instance(InProcess, frozen=True, tag_field="role"):
    """One daemon: its name in topics, its certificate, its systemd instance."""

    id: Name


class ControllerInstance(Instance, frozen=True, tag="controller"):
    """The one writer of the queue. ``secret_file`` proves rating windows; "" = made in its state directory."""

    secret_file: RootedOrNone = ""


class KioskInstance(Instance, frozen=True, tag="kiosk"):
    """A number dispenser, with a sign and a loudspeaker that speak for it, a code reader for appointments and returning
    tickets, and a ``keypad``: more keys, on a wire of their own. None but printer and buttons is needed
    (R-KIOSK-02).

    ``debounce_ms`` is R-KIOSK-01's. ``speak`` = the loudspeaker says number and people ahead after printing, not
    refusals alone (R-KIOSK-11). ``large_print`` is whose slip is the large one: of buttons that ask for it, or of every
    ``green`` ticket too. ``priority`` = who vouches for a press of a priority button: whoever presses it (``declare``),
    or a guide afterwards (``confirm``, R-KIOSK-09). ``reprints`` is how many slips back a guide can print again
    (R-KIOSK-06). ``transfer_slips`` = whoever is transferred finds a slip here that says where to go (R-KIOSK-12)."""

    printer: PrinterConfig
    buttons: ButtonsConfig
    sign: SignConfig | None = None
    reader: ReaderConfig | None = None
    voice: VoiceConfig | None = None
    keypad: ButtonsConfig | None = None
    speak: bool = True
    large_print: Literal["asked", "green"] = "asked"
    priority: Literal["declare", "confirm"] = "declare"
    reprints: Annotated[int, Meta(ge=1, le=50)] = 10
    transfer_slips: bool = False
    debounce_ms: Annotated[int, Meta(ge=100, le=5000)] = 1500


class DeskInstance(Instance, frozen=True, tag="desk"):
    """A desk's staff pad and the sign over it."""

    desk: DeskNumber
    pad: PadConfig
    sign: SignConfig | None = None


class HallInstance(Instance, frozen=True, tag="hall"):
    """The hall board and the voice: either, or both. ``zone`` = the desks this voice speaks for, none = all; a hall of
    many desks has several, each an instance of its own (R-CALL-02). ``zone_board`` = the board shows these alone."""

    board: SignConfig | None = None
    voice: VoiceConfig | None = None
    zone: tuple[DeskNumber, ...] = ()
    zone_board: bool = False


class EvaluatorInstance(Instance, frozen=True, tag="evaluator"):
    """A desk's evaluator; ``reduced_scale`` admits an old one with three or four keys (R-EVAL-11).
    ``voice`` is a small loudspeaker at the desk, never the hall's (R-EVAL-06)."""

    desk: DeskNumber
    keypad: KeypadConfig
    reduced_scale: bool = False
    voice: VoiceConfig | None = None


class PhoneInstance(Instance, frozen=True, tag="phone"):
    """A desk's telephone line, which has its instance's name."""

    line: GpioLine | ModemLine


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

    def together(self, name: str) -> list[AnyInstance]:
        """The instances that run in one process, by the name of their ``together``.

        Raises:
            ConfigError: no instance has it.
        """
        members = [each for each in self.instances if name and each.together == name]
        if members:
            return members
        names = sorted({each.together for each in self.instances} - {""})
        hint = did_you_mean(name, names)
        text = f'{shown(name)} is the "together" of no instance of device.toml; allowed: {one_of(names)}'
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
