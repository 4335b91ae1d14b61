"""The link as an installed hall runs it: mutual TLS, and the certificate's name is the user the ACL file speaks of."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.link import LinkDown, Member, Refused, Role, Topics, acl
from sync.broker import find_mosquitto
from sync.mqtt import Certificates, MqttLink
from tests.link.inbox import Inbox

HALL = "h12"
TOPICS = Topics(HALL)


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._openssl("req", "-x509", *self._key("ca"), "-out", "ca.crt", "-subj", "/CN=hall ca", "-days", "2")

    def issue(self, name: str, extension: str = "") -> Certificates:
        self._openssl("req", *self._key(name), "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext"]
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.crt", *signing)
        return Certificates(*(str(self.folder / part) for part in ("ca.crt", f"{name}.crt", f"{name}.key")))

    def _key(self, name: str) -> list[str]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=30)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path / "ca")


@pytest.fixture
def port(tmp_path: Path, authority: Authority) -> Iterator[int]:
    program = find_mosquitto()
    if program is None:
        pytest.skip("mosquitto is not installed")
    files = authority.issue("broker", "subjectAltName=IP:127.0.0.1")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    (tmp_path / "hall.acl").write_text(acl([Member(name, Role.KIOSK, HALL) for name in ("kiosk1", "kiosk2")]))
    (tmp_path / "mosquitto.conf").write_text(f"""\
listener {port} 127.0.0.1
user {pwd.getpwuid(os.geteuid()).pw_name}
cafile {files.ca}
certfile {files.certificate}
keyfile {files.key}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
tls_version tlsv1.2
allow_anonymous false
acl_file {tmp_path / "hall.acl"}
""")
    broker = subprocess.Popen([program, "-c", str(tmp_path / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                broker.wait(0.01)
        yield port
    finally:
        broker.kill()
        broker.wait()


def link(port: int, instance: str, files: Certificates | None) -> MqttLink:
    return MqttLink(
        "127.0.0.1",
        port,
        instance=instance,
        role=Role.KIOSK,
        hall=HALL,
        boot="b",
        certificates=files,
        retry_s=(0.02, 0.1),
    )


@pytest.mark.req("R-SYNC-03")
def test_a_certificate_opens_its_own_topics_and_no_others(port: int, authority: Authority) -> None:
    inbox, kiosk = Inbox(), link(port, "kiosk1", authority.issue("kiosk1"))
    kiosk.subscribe(TOPICS.status("+"))
    kiosk.open(inbox.put)
    try:
        inbox.up()
        assert inbox.message(TOPICS.status("kiosk1")).payload
        assert kiosk.publish(TOPICS.status("kiosk2"), b"{}")
        inbox.until(lambda item: item == Refused(TOPICS.status("kiosk2"), "Not authorized"))
    finally:
        kiosk.close()


# paho leaves the socket of a failed handshake to the garbage collector
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@pytest.mark.req("R-SYNC-03")
def test_without_a_certificate_or_with_a_strangers_there_is_no_link(
    port: int, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger").issue("kiosk1")
    of_hall = authority.issue("kiosk1")
    half = Certificates(of_hall.ca, stranger.certificate, stranger.key)
    unknown_broker, unknown_client = "certificate verify failed", "does it accept our certificate?"
    for files, reason in ((None, unknown_client), (stranger, unknown_broker), (half, unknown_client)):
        inbox, kiosk = Inbox(), link(port, "kiosk1", files)
        kiosk.open(inbox.put)
        try:
            heard = inbox.until(lambda item: True)[0]
            assert isinstance(heard, LinkDown) and reason in heard.reason.lower(), heard
        finally:
            kiosk.close()


def test_certificates_that_are_not_there_are_said_at_once(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    inbox, kiosk = Inbox(), link(1, "kiosk1", Certificates(missing, missing, missing))
    kiosk.open(inbox.put)
    try:
        assert "missing.pem" in inbox.down().reason
        assert kiosk.alive(0)
    finally:
        kiosk.close()
