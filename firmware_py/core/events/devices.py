"""Facts about devices."""

from firmware_py.core.events.base import Event


class DeviceFailed(Event, frozen=True, tag="device_failed"):
    """A device on an instance went offline or needs a person."""

    instance: str
    device: str
    reason: str


class DeviceMended(Event, frozen=True, tag="device_mended"):
    """It works again."""

    instance: str
    device: str


DeviceEvents = DeviceFailed | DeviceMended
