"""The clocks of the shell, and the name of a boot."""

import logging
import os
import re
import time
from pathlib import Path

import pytest

from drivers import monotonic_ms
from firmware_py.runtime.clock import ManualClock, OffsetClock, SystemClock, boot_id, write_offset

HOUR_MS = 3_600_000


def test_the_monotonic_clock_is_the_one_drivers_stamp_readings_with() -> None:
    before = monotonic_ms()
    now = SystemClock().mono_ms()
    assert before <= now <= monotonic_ms()


def test_the_wall_clock_counts_milliseconds_since_1970() -> None:
    before = int(time.time() * 1000)
    assert before <= SystemClock().wall_ms() <= int(time.time() * 1000) + 1


def test_without_an_offset_file_the_wall_is_the_systems(tmp_path: Path) -> None:
    before = SystemClock().wall_ms()
    assert before <= OffsetClock(tmp_path / "none").wall_ms() <= SystemClock().wall_ms()


@pytest.mark.req("R-CORE-20")
def test_an_offset_moves_the_wall_and_never_the_monotonic_clock(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "offset")
    write_offset(tmp_path / "offset", -5 * HOUR_MS)
    before = SystemClock().wall_ms() - 5 * HOUR_MS
    assert before <= clock.wall_ms() <= SystemClock().wall_ms() - 5 * HOUR_MS
    mono = monotonic_ms()
    assert mono <= clock.mono_ms() <= monotonic_ms()


def test_each_new_offset_is_seen_by_every_clock_on_the_file(tmp_path: Path) -> None:
    one, two = OffsetClock(tmp_path / "offset"), OffsetClock(tmp_path / "offset")
    for offset_ms in (1, 2, 3, -HOUR_MS, 0):
        write_offset(tmp_path / "offset", offset_ms)
        assert (one.offset_ms(), two.offset_ms()) == (offset_ms, offset_ms)
    write_offset(tmp_path / "offset", HOUR_MS)
    assert one.offset_ms() == HOUR_MS
    (tmp_path / "offset").unlink()
    assert one.offset_ms() == 0
    (tmp_path / "offset").write_text("broken")
    assert one.offset_ms() == 0


def test_an_unchanged_offset_file_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "offset"
    write_offset(path, 7)
    clock = OffsetClock(path)
    assert clock.offset_ms() == 7
    before = path.stat()
    path.write_text("8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert clock.offset_ms() == 7


@pytest.mark.parametrize("content", ["", "five", "1.5", "٣", "1" * 5000])
def test_a_broken_offset_file_keeps_the_offset_and_is_told_once(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = OffsetClock(tmp_path / "offset")
    write_offset(tmp_path / "offset", 42_000)
    assert clock.offset_ms() == 42_000
    (tmp_path / "offset").write_text(content, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert [clock.offset_ms() for _ in range(3)] == [42_000] * 3
    assert len(caplog.records) == 1
    assert str(tmp_path / "offset") in caplog.text


def test_writing_an_offset_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_offset(tmp_path / "offset", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["offset"]


def test_a_manual_clock_moves_only_when_told_and_wakes_who_waits_on_it() -> None:
    clock = ManualClock(mono_ms=100, wall_ms=1_000)
    woken: list[tuple[int, int]] = []
    clock.on_advance(lambda: woken.append((clock.mono_ms(), clock.wall_ms())))
    clock.advance(50)
    clock.step_wall(-500)
    assert woken == [(150, 1_050), (150, 550)]


def test_a_boot_has_the_kernels_name_for_it(tmp_path: Path) -> None:
    (tmp_path / "boot_id").write_text("0c2fd4a5-3d4c-4b7a-9a51-5c0b8f5a9e11\n")
    assert boot_id({}, tmp_path / "boot_id") == "0c2fd4a53d4c4b7a9a515c0b8f5a9e11"


def test_this_machine_has_one_name_for_this_boot() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", boot_id({}))
    assert boot_id({}) == boot_id({})


def test_a_hidden_kernel_file_is_replaced_by_the_name_systemd_passes(tmp_path: Path) -> None:
    environ = {"HALL_BOOT_ID": "0c2fd4a53d4c4b7a9a515c0b8f5a9e11"}
    assert boot_id(environ, tmp_path / "hidden") == "0c2fd4a53d4c4b7a9a515c0b8f5a9e11"


def test_with_neither_every_process_is_its_own_boot_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = {boot_id({}, tmp_path / "hidden") for _ in range(2)}
    assert len(names) == 2
    assert "HALL_BOOT_ID" in caplog.text
