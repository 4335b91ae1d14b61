"""``hall check``: both configuration files, everything that is wrong at once, and what is in force."""

import json
import sys
from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.errors import ConfigError
from firmware_py.phrases.lint import lint_text
from firmware_py.runtime.config import load, load_hall
from firmware_py.runtime.describe import describe
from firmware_py.runtime.device_file import DeviceConfig
from firmware_py.runtime.launching import EX_CONFIG


def check(config: Path, *, as_json: bool) -> int:
    """Print the values in force, or every problem; 0 or 78."""
    try:
        plan, device = _load(config)
    except ConfigError as error:
        if as_json:
            print(json.dumps({"ok": False, "problems": error.problems}, ensure_ascii=False))
        else:
            print("\n".join(error.problems), file=sys.stderr)
            print(f"{len(error.problems)} 处需要改正", file=sys.stderr)
        return EX_CONFIG
    text = describe(plan, device)
    print(json.dumps({"ok": True, "effective": text}, ensure_ascii=False) if as_json else text)
    return 0


def _load(config: Path) -> tuple[Plan, DeviceConfig | None]:
    """A hall.toml alone may be checked too: it is written before the first device is."""
    hall, device_path = config / "hall.toml", config / "device.toml"
    device: DeviceConfig | None = None
    if device_path.exists():
        plan, device = load(hall, device_path)
    else:
        plan = load_hall(hall)
    problems = [f"{hall}: hall.notice: {each}" for each in lint_text(plan.notice)]
    if problems:
        raise ConfigError(problems)
    return plan, device
