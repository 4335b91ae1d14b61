"""From ``[link]`` in device.toml to an instance's end of the hall bus: what every ``__main__`` hands its daemon."""

from pathlib import Path

from firmware_py.errors import ConfigError
from firmware_py.link import Role
from firmware_py.runtime.device_file import LinkConfig
from sync.mqtt import MqttLink
from sync.mqtt.terms import Certificates


def connect(config: LinkConfig, instance: str, role: Role, hall: str, boot: str, *, proves_as: str = "") -> MqttLink:
    """The link of ``instance``, not yet open; ``proves_as`` = it has no certificate or password but another's.

    Raises:
        ConfigError: the password file cannot be read.
    """
    own = config.of(proves_as or instance)
    return MqttLink(
        own.host,
        own.port,
        instance=instance,
        role=role,
        hall=hall,
        boot=boot,
        username=proves_as,
        password=_password(own.password_file),
        certificates=Certificates(own.ca, own.cert, own.key) if own.cert else None,
        keepalive_s=own.keepalive_s,
    )


def _password(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError([f"link.password_file: {path} cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"link.password_file: {path} holds no password: it is not text"]) from error
