"""What the sending end offers, when it goes back, and what it raises the alarm about."""

import pytest

from firmware_py.journal.record import Record
from sync.stream import Ack, AlarmKind, Sending, StreamAlarm, StreamSender, decode_batch
from sync.stream.sender import HEAD_EVERY_MS, RETRY_MS, TROUBLED_RETRY_MS
from tests.sync.logs import MemoryLog


def spans(sending: Sending) -> list[tuple[int, int]]:
    """First and last seq of each batch."""
    batches = [decode_batch(payload) for payload in sending.payloads]
    return [(batch.first, batch.records[-1].seq) for batch in batches]


def sender_of(count: int, acked: int = 0) -> tuple[MemoryLog, StreamSender]:
    log = MemoryLog()
    log.append(count, "{}")
    return log, StreamSender(log, acked=acked)


def test_nothing_is_sent_while_the_link_is_down() -> None:
    log, sender = sender_of(10)
    assert sender.on_appended(0) == sender.on_timer(10**9) == Sending()
    assert sender.on_ack(Ack(log.log, 3), 0) == Sending()
    assert sender.due() is None and sender.backlog == 7


def test_one_batch_probes_until_the_receiver_has_spoken_then_eight_are_in_flight() -> None:
    log, sender = sender_of(5000)
    assert spans(sender.on_link_up(0)) == [(1, 200)]
    assert sender.on_appended(0) == Sending()
    opened = sender.on_ack(Ack(log.log, 200), 1)
    assert spans(opened) == [(201 + 200 * n, 400 + 200 * n) for n in range(8)]
    assert spans(sender.on_ack(Ack(log.log, 600), 2)) == [(1801, 2000), (2001, 2200)]


def test_a_receiver_that_holds_nearly_everything_is_not_sent_it_again() -> None:
    log, sender = sender_of(100_0)
    sender.on_link_up(0)
    assert spans(sender.on_ack(Ack(log.log, 990), 0)) == [(991, 1000)]
    assert sender.acked == 990 and sender.backlog == 10


def test_a_batch_ends_at_200_records_or_64_kib_and_a_giant_travels_alone() -> None:
    log = MemoryLog()
    log.append(3, "x" * 30_000)
    log.append(1, "y" * 200_000)
    log.append(450, "{}")
    sender = StreamSender(log)
    first = sender.on_link_up(0)
    rest = sender.on_ack(Ack(log.log, 2), 0)
    assert spans(first) == [(1, 2)]
    assert spans(rest) == [(3, 3), (4, 4), (5, 204), (205, 404), (405, 454)]
    assert [len(payload) > 64 * 1024 for payload in rest.payloads] == [False, True, False, False, False]


def test_two_seconds_without_progress_send_the_same_again_but_only_as_a_probe() -> None:
    log, sender = sender_of(5000)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 200), 100)
    assert sender.due() == 100 + RETRY_MS
    assert sender.on_timer(100 + RETRY_MS - 1) == Sending()
    assert spans(sender.on_timer(100 + RETRY_MS)) == [(201, 400)]
    assert len(spans(sender.on_ack(Ack(log.log, 400), 3000))) == 8


def test_progress_moves_the_deadline_and_a_repeated_watermark_does_not() -> None:
    log, sender = sender_of(5000)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 200), 1000)
    assert sender.due() == 1000 + RETRY_MS
    sender.on_ack(Ack(log.log, 400), 1500)
    assert sender.due() == 1500 + RETRY_MS
    sender.on_ack(Ack(log.log, 400), 1900)
    assert sender.due() == 1500 + RETRY_MS


def test_a_gap_sends_again_at_once_and_only_once_however_often_it_is_reported() -> None:
    log, sender = sender_of(5000)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 200), 0)
    again = sender.on_ack(Ack(log.log, 200, problem="gap"), 10)
    assert spans(again)[0] == (201, 400) and len(again.payloads) == 8
    for _ in range(7):
        assert sender.on_ack(Ack(log.log, 200, problem="gap"), 11) == Sending()


def test_a_new_connection_starts_again_behind_the_watermark() -> None:
    log, sender = sender_of(1000)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 400), 0)
    sender.on_link_down()
    assert sender.due() is None
    assert spans(sender.on_link_up(50)) == [(401, 600)]


def test_small_facts_go_out_at_once_while_the_window_has_room() -> None:
    log, sender = sender_of(1)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 1), 0)
    sent = []
    for _ in range(10):
        log.append()
        sent += spans(sender.on_appended(0))
    assert sent == [(seq, seq) for seq in range(2, 10)]
    assert spans(sender.on_ack(Ack(log.log, 9), 1)) == [(10, 11)]


@pytest.mark.req("R-SYNC-07")
def test_every_batch_names_the_head_and_an_idle_sender_shows_it_now_and_then() -> None:
    log, sender = sender_of(3)
    first = decode_batch(sender.on_link_up(0).payloads[0])
    assert (first.head_seq, first.head_hash) == log.head
    sender.on_ack(Ack(log.log, 3, log.head[1]), 0)
    assert sender.due() == HEAD_EVERY_MS
    shown = sender.on_timer(HEAD_EVERY_MS)
    assert spans(shown) == [(3, 3)] and decode_batch(shown.payloads[0]).head_hash == log.head[1]
    assert sender.on_ack(Ack(log.log, 3, log.head[1]), HEAD_EVERY_MS + 1) == Sending()
    assert sender.due() == 2 * HEAD_EVERY_MS


def test_a_head_that_nobody_confirms_is_not_shown_every_two_seconds() -> None:
    _, sender = sender_of(3, acked=3)
    sender.on_link_up(0)
    assert spans(sender.on_timer(HEAD_EVERY_MS)) == [(3, 3)]
    assert sender.on_timer(HEAD_EVERY_MS + RETRY_MS) == Sending()
    due = sender.due()
    assert due is not None and due >= 2 * HEAD_EVERY_MS


def test_an_empty_log_has_nothing_to_show() -> None:
    sender = StreamSender(MemoryLog())
    assert sender.on_link_up(0) == sender.on_timer(HEAD_EVERY_MS) == Sending()


# --- alarms -----------------------------------------------------------------------------------------------------------


def alarm(sending: Sending) -> StreamAlarm:
    (raised,) = sending.alarms
    return raised


def test_a_watermark_of_another_log_is_told_once_and_does_not_move_ours() -> None:
    _, sender = sender_of(300)
    sender.on_link_up(0)
    assert alarm(sender.on_ack(Ack("older", 9000), 0)).kind is AlarmKind.OTHER_LOG
    assert sender.on_ack(Ack("older", 9000), 1) == Sending()
    assert sender.acked == 0


def test_a_receiver_that_holds_more_than_we_have_means_that_our_file_is_an_old_copy() -> None:
    log, sender = sender_of(300)
    sender.on_link_up(0)
    told = sender.on_ack(Ack(log.log, 301), 0)
    assert alarm(told) == StreamAlarm(AlarmKind.BEYOND, "the receiver holds record 301, our last is 300")
    assert sender.acked == 0
    assert sender.due() == TROUBLED_RETRY_MS


@pytest.mark.req("R-SYNC-07")
def test_another_hash_under_the_same_number_means_a_rewritten_history() -> None:
    log, sender = sender_of(300)
    sender.on_link_up(0)
    assert alarm(sender.on_ack(Ack(log.log, 200, "f" * 64), 0)).kind is AlarmKind.FORKED
    assert sender.acked == 0


def test_a_refusal_is_told_and_tried_again_slowly_until_the_receiver_is_content() -> None:
    log, sender = sender_of(300)
    sender.on_link_up(0)
    told = sender.on_ack(Ack(log.log, 0, problem="broken: history was rewritten"), 0)
    assert alarm(told) == StreamAlarm(AlarmKind.BROKEN, "broken: history was rewritten")
    assert sender.on_timer(RETRY_MS) == Sending()
    assert spans(sender.on_timer(TROUBLED_RETRY_MS)) == [(1, 200)]
    assert spans(sender.on_ack(Ack(log.log, 200), TROUBLED_RETRY_MS)) == [(201, 300)]
    assert sender.due() == TROUBLED_RETRY_MS + RETRY_MS


def test_a_receiver_that_lost_its_disk_gets_everything_again() -> None:
    log, sender = sender_of(500, acked=400)
    assert spans(sender.on_link_up(0)) == [(401, 500)]
    told = sender.on_ack(Ack(log.log, 0, problem="gap"), 0)
    assert alarm(told).kind is AlarmKind.RECEDED
    assert spans(told) == [(1, 200), (201, 400), (401, 500)]


def test_a_log_that_lost_its_beginning_says_so_instead_of_waiting_for_ever() -> None:
    log, sender = sender_of(500)

    class Pruned(MemoryLog):
        def records(self, after: int, limit: int) -> list[Record]:
            return [record for record in log.all if record.seq > max(after, 100)][:limit]

    pruned = Pruned(log.log)
    pruned.all = log.all
    sender = StreamSender(pruned)
    assert alarm(sender.on_link_up(0)) == StreamAlarm(AlarmKind.MISSING, "record 1 is not in the journal any more")


def test_after_a_rotation_the_sender_goes_on_in_the_new_log() -> None:
    log, sender = sender_of(10)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 10), 0)
    log.log, log.all = "log-b", []
    log.append(2)
    sent = sender.on_appended(1)
    assert spans(sent) == [(1, 2)] and decode_batch(sent.payloads[0]).log == "log-b"
    assert alarm(sender.on_ack(Ack("log-a", 10), 2)).kind is AlarmKind.OTHER_LOG
    sender.on_ack(Ack("log-b", 2), 3)
    assert sender.acked == 2


def test_a_new_log_leaves_the_old_ones_trouble_behind() -> None:
    log, sender = sender_of(10)
    sender.on_link_up(0)
    sender.on_ack(Ack(log.log, 0, problem="broken: history was rewritten"), 0)
    log.log, log.all = "log-b", []
    log.append(2)
    assert spans(sender.on_appended(1)) == [(1, 2)]
    assert sender.due() == 1 + RETRY_MS
