"""The table, the names, and the two enforcements that must say the same."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.link import FORMS, Address, Kind, Member, Role, Topics, acl, matches, may_read, may_write, parse
from tests.link.buses import HALL, MEMBERS, member

TOPICS = Topics(HALL)
NAMES = st.from_regex(r"[\w.-]{1,64}", fullmatch=True)


def test_every_kind_of_topic_has_a_form_and_somebody_who_writes_and_reads_it() -> None:
    assert set(FORMS) == set(Kind)
    for form in FORMS.values():
        assert form.writers and form.readers, form.kind


def test_what_must_never_be_repeated_is_never_retained_and_what_must_be_shown_always_is() -> None:
    retained = {kind for kind, form in FORMS.items() if form.retained}
    passing = {Kind.COMMAND, Kind.ANSWER, Kind.EVENT, Kind.LOG, Kind.HALL_LOG, Kind.PING}
    assert retained == set(Kind) - passing
    assert {kind for kind, form in FORMS.items() if form.expiry_s} == {Kind.COMMAND, Kind.ANSWER, Kind.EVENT}
    assert {kind for kind, form in FORMS.items() if form.qos == 0} == {Kind.PING}


def test_the_names_are_those_of_the_design() -> None:
    assert TOPICS.command("k1") == "hall/v1/h12/i/k1/cmd"
    assert TOPICS.answer("k1") == "hall/v1/h12/i/k1/rsp"
    assert TOPICS.event("called") == "hall/v1/h12/event/called"
    assert TOPICS.desk(3) == "hall/v1/h12/state/desk/3"
    assert TOPICS.queue("社保") == "hall/v1/h12/state/queue/社保"
    assert TOPICS.board == "hall/v1/h12/state/board"
    assert TOPICS.hall_state == "hall/v1/h12/state/hall"
    assert TOPICS.rating("e1") == "hall/v1/h12/eval/e1"
    assert (TOPICS.log("k1"), TOPICS.ack("k1")) == ("hall/v1/h12/i/k1/log", "hall/v1/h12/i/k1/ack")
    assert (TOPICS.hall_log, TOPICS.hall_ack) == ("hall/v1/h12/log", "hall/v1/h12/log/ack")
    assert TOPICS.status("k1") == "hall/v1/h12/i/k1/status"
    assert TOPICS.info("k1") == "hall/v1/h12/i/k1/info"
    assert TOPICS.health("k1") == "hall/v1/h12/i/k1/health"
    assert TOPICS.ping("k1") == "hall/v1/h12/i/k1/ping"
    assert Topics("+").hall_log == "hall/v1/+/log"


@given(NAMES, st.sampled_from(Kind), NAMES)
def test_a_topic_read_back_says_what_it_was_built_from(hall: str, kind: Kind, name: str) -> None:
    name = name if "{" in kind else ""
    assert parse(Topics(hall).of(kind, name)) == Address(hall, kind, name)


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["hall", "v1", "h", "i", "log", "ack", "state", "+", "#", ""])).map("/".join)
)
def test_any_text_is_a_topic_of_the_table_or_none(text: str) -> None:
    address = parse(text)
    assert address is None or Topics(address.hall).of(address.kind, address.name) == text


@pytest.mark.parametrize("name", ["", "a/b", "#", "a+", "a b", "a\nuser evil", "x" * 65, "\0"])
def test_a_name_that_could_mean_something_else_builds_no_topic_and_no_acl_line(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        TOPICS.command(name)
    with pytest.raises(ValueError, match="no name"):
        acl([Member(name, Role.KIOSK, HALL)])
    if name:
        with pytest.raises(ValueError, match="no name"):
            Topics(name)


def test_a_fixed_topic_takes_no_name() -> None:
    with pytest.raises(ValueError, match="takes no name"):
        TOPICS.of(Kind.STATE_BOARD, "x")


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$SYS/b", False),
        ("+/b", "$SYS/b", False),
        ("$SYS/#", "$SYS/b", True),
        ("+/+", "/a", True),
        ("a/b/#", "a", False),
    ],
)
def test_patterns_match_as_mqtt_5_says(pattern: str, topic: str, expected: bool) -> None:
    assert matches(pattern, topic) is expected


def all_topics() -> list[str]:
    names = [*MEMBERS, "1", "nobody"]
    topics = [
        Topics(hall).of(kind, name)
        for hall in (HALL, "centre", "other")
        for kind in Kind
        if "{" in kind
        for name in names
    ]
    return topics + [Topics(hall).of(kind) for hall in (HALL, "centre", "other") for kind in Kind if "{" not in kind]


@pytest.mark.req("R-SYNC-03")
def test_the_acl_file_says_exactly_what_the_table_says() -> None:
    granted: dict[str, list[tuple[str, str]]] = {}
    for line in acl([member(instance) for instance in MEMBERS]).splitlines():
        match line.split(" "):
            case ["user", name]:
                lines = granted.setdefault(name, [])
            case ["topic", access, pattern]:
                lines.append((access, pattern))
            case _:
                assert line == ""
    for instance, topic in itertools.product(MEMBERS, all_topics()):
        by_acl = {access for access, pattern in granted[instance] if matches(pattern, topic)}
        by_table = {"write"} if may_write(member(instance), topic) else set()
        by_table |= {"read"} if may_read(member(instance), topic) else set()
        assert by_acl == by_table, (instance, topic)


@pytest.mark.req("R-CORE-01")
def test_no_topic_has_two_writers() -> None:
    for topic in all_topics():
        writers = [instance for instance in MEMBERS if may_write(member(instance), topic)]
        assert len(writers) <= 1, topic


@pytest.mark.req("R-EVAL-04")
def test_nobody_but_the_controller_reads_commands_and_edge_logs_and_nobody_but_its_instance_answers_and_windows() -> (
    None
):
    for instance in MEMBERS:
        for kind in (Kind.COMMAND, Kind.LOG):
            assert may_read(member(instance), TOPICS.of(kind, "kiosk1")) is (instance == "brain")
        for kind in (Kind.ANSWER, Kind.RATING, Kind.ACK):
            assert may_read(member(instance), TOPICS.of(kind, "kiosk1")) is (instance == "kiosk1")


def test_a_viewer_writes_nothing() -> None:
    assert not [topic for topic in all_topics() if may_write(member("panel"), topic)]
