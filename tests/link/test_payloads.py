"""Bytes that no decent sender makes: each is a ``Malformed`` that says so, whatever msgspec makes of it."""

import pytest

from firmware_py.core.commands import Request
from firmware_py.link import Malformed, Status, decode
from firmware_py.link.payloads import MAX_PAYLOAD

DEEP = 100_000


@pytest.mark.req("R-SYNC-02")
@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b'{"state":"ready","boot":"\xff"}', id="a text that is no UTF-8"),
        pytest.param(b'{"state":"ready","boot":"\xed\xa0\x80"}', id="half a surrogate"),
        pytest.param(b'{"other":' + b"[" * DEEP, id="lists without an end"),
        pytest.param(b'{"other":' * DEEP, id="objects without an end"),
        pytest.param(b" " * (MAX_PAYLOAD + 1), id="longer than anything on the bus"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize("kind", [Status, Request])
def test_bytes_that_are_no_message_are_malformed_and_end_nobody(payload: bytes, kind: type) -> None:
    with pytest.raises(Malformed) as malformed:
        decode(payload, kind)
    assert len(str(malformed.value)) < 300
