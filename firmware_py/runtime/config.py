"""Configuration: ``hall.toml`` and ``device.toml`` read, checked by themselves and against each other, and shown.

A wrong configuration is told whole: every problem of both files at once, each with file, line, key path, what was
found, what is allowed, and what was probably meant. A daemon that cannot use its configuration exits with 78, which
systemd does not answer with a restart.
"""

from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.errors import ConfigError
from firmware_py.runtime.device_checks import check_device
from firmware_py.runtime.device_file import DeviceConfig, read_device
from firmware_py.runtime.hall_checks import check_hall
from firmware_py.runtime.hall_file import HallFile, file_of, plan_of, read_hall
from firmware_py.runtime.places import check_places
from firmware_py.runtime.problems import Problems
from firmware_py.runtime.sign_checks import check_signs


def load_hall(path: Path) -> Plan:
    """The hall.

    Raises:
        ConfigError: with every problem of the file.
    """
    problems = Problems(str(path))
    file = _hall(path, problems)
    if file is None or problems.sentences():
        raise ConfigError(problems.sentences())
    return plan_of(file)


def load_device(path: Path, plan: Plan | None = None) -> DeviceConfig:
    """This device, checked against the hall if given.

    Raises:
        ConfigError: with every problem of the file.
    """
    problems = Problems(str(path))
    device = _device(path, problems)
    if device is not None and plan is not None:
        check_places(device, file_of(plan), problems)
        check_signs(device, file_of(plan), problems)
    if device is None or problems.sentences():
        raise ConfigError(problems.sentences())
    return device


def load(hall_path: Path, device_path: Path) -> tuple[Plan, DeviceConfig]:
    """Both files, checked by themselves and against each other.

    Raises:
        ConfigError: with every problem of both files.
    """
    hall_problems, device_problems = Problems(str(hall_path)), Problems(str(device_path))
    file = _hall(hall_path, hall_problems)
    device = _device(device_path, device_problems)
    if file is not None and device is not None:
        check_places(device, file, device_problems)
        check_signs(device, file, device_problems)
    sentences = hall_problems.sentences() + device_problems.sentences()
    if file is None or device is None or sentences:
        raise ConfigError(sentences)
    return plan_of(file), device


def _hall(path: Path, problems: Problems) -> HallFile | None:
    file = read_hall(path, problems)
    if file is not None:
        check_hall(file, problems)
    return file


def _device(path: Path, problems: Problems) -> DeviceConfig | None:
    device = read_device(path, problems)
    if device is not None:
        check_device(device, problems)
    return device
