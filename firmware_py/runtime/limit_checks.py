"""What the limits of a ``hall.toml`` must mean together: one may not contradict another."""

from firmware_py.runtime.hall_file import HallFile
from firmware_py.runtime.problems import Problems, shown


def check_limits(file: HallFile, problems: Problems) -> None:
    """Note limits that cannot hold at the same time."""
    limits = file.limits
    window_s = limits.eval.window_s
    for key, seconds in (("min_open_s", limits.eval.min_open_s), ("correct_s", limits.eval.correct_s)):
        if seconds > window_s:
            problems.add(f"limits.eval.{key}", shown(seconds), f"at most window_s, which is {window_s}")
    phone = limits.phone
    _at_least("phone.supervisor_after", phone.supervisor_after, "neighbour_after", phone.neighbour_after, problems)
    call = limits.call
    _at_least("call.noshow_green_s", call.noshow_green_s, "noshow_min_s", call.noshow_min_s, problems)
    _at_least("call.unheard_max_s", call.unheard_max_s, "noshow_min_s", call.noshow_min_s, problems)
    absence = limits.absence
    _more_than("absence.report_min", absence.report_min, "remind_min", absence.remind_min, problems)
    _more_than("absence.deduct_min", absence.deduct_min, "report_min", absence.report_min, problems)
    if limits.day.lunch == "duty" and len(file.hall.hours) > 1 and not any(desk.duty for desk in file.desk):
        allowed = "a hall with a desk on duty over noon, duty = true; or drain or carry"
        problems.add("limits.day.lunch", '"duty", and no desk is on duty', allowed)


def _at_least(key: str, value: int, other: str, least: int, problems: Problems) -> None:
    if value < least:
        problems.add(f"limits.{key}", shown(value), f"at least {other}, which is {least}")


def _more_than(key: str, value: int, other: str, below: int, problems: Problems) -> None:
    if value <= below:
        problems.add(f"limits.{key}", shown(value), f"more than {other}, which is {below}")
