"""What a ``hall.toml`` must mean: names that stand once, desks that know their services, hours in their order."""

from collections.abc import Iterator

from firmware_py.core.limits import Limits
from firmware_py.core.plan import DeskPlan
from firmware_py.runtime.hall_file import HallFile, hours_of
from firmware_py.runtime.problems import Problems, did_you_mean, nearest, one_of, shown


def check_hall(file: HallFile, problems: Problems) -> None:
    """Note everything that each key by itself allows and the whole does not."""
    problems.add_repeats((f"service[{place}].id", each.id) for place, each in enumerate(file.service))
    problems.add_repeats((f"service[{place}].prefix", each.prefix) for place, each in enumerate(file.service))
    problems.add_repeats((f"desk[{place}].id", each.id) for place, each in enumerate(file.desk))
    problems.add_repeats(_instances(file), "an instance of its own")
    problems.add_repeats((f"hall.supervisors[{place}]", each) for place, each in enumerate(file.hall.supervisors))
    for place, desk in enumerate(file.desk):
        _check_services(f"desk[{place}].services", desk, file, problems)
        _check_neighbours(f"desk[{place}].neighbours", desk, file, problems)
    _check_served(file, problems)
    _check_hours(file, problems)
    _check_limits(file.limits, problems)


def _instances(file: HallFile) -> Iterator[tuple[str, str]]:
    """Every instance the hall names; an evaluator paired with two desks would rate the wrong one (R-EVAL-04)."""
    for place, kiosk in enumerate(file.kiosk):
        yield f"kiosk[{place}].id", kiosk.id
    for place, desk in enumerate(file.desk):
        yield f"desk[{place}].pad", desk.pad
        yield f"desk[{place}].evaluator", desk.evaluator
        yield f"desk[{place}].phone", desk.phone


def _check_services(path: str, desk: DeskPlan, file: HallFile, problems: Problems) -> None:
    known = [service.id for service in file.service if service.id]
    problems.add_repeats(((f"{path}[{place}]", each) for place, each in enumerate(desk.services)), "each service once")
    for place, each in enumerate(desk.services):
        if each not in known:
            problems.add(f"{path}[{place}]", shown(each), one_of(known), did_you_mean(each, known))


def _check_neighbours(path: str, desk: DeskPlan, file: HallFile, problems: Problems) -> None:
    others = [other.id for other in file.desk if other.id != desk.id]
    problems.add_repeats(((f"{path}[{place}]", each) for place, each in enumerate(desk.neighbours)), "each desk once")
    for place, each in enumerate(desk.neighbours):
        if each not in others:
            problems.add(f"{path}[{place}]", shown(each), f"the number of another desk: {one_of(others)}")


def _check_served(file: HallFile, problems: Problems) -> None:
    """Nobody may wait where nobody calls (R-CORE-09)."""
    if any(problems.has(f"desk[{place}].services") for place in range(len(file.desk))):
        return  # what that desk serves is not known
    known = [service.id for service in file.service]
    named = {each for desk in file.desk for each in desk.services}
    served = named | {nearest(each, known) for each in named - set(known)}
    for place, service in enumerate(file.service):
        if service.id not in served:
            problems.add(f"service[{place}].id", f"{shown(service.id)}, which no desk serves", "a service of some desk")


def _check_hours(file: HallFile, problems: Problems) -> None:
    ended, before = 0, ""
    for place, session in enumerate(file.hall.hours):
        path = f"hall.hours[{place}]"
        if problems.has(path) or not session:
            continue
        hours = hours_of(session)
        if hours.closes <= hours.opens:
            problems.add(path, shown(session), "a session that ends after it begins")
        elif hours.opens < ended:
            problems.add(path, shown(session), f"a session that begins after the one before it ({before}) has ended")
        else:
            ended, before = hours.closes, session


def _check_limits(limits: Limits, problems: Problems) -> None:
    window_s = limits.eval.window_s
    for key, seconds in (("min_open_s", limits.eval.min_open_s), ("correct_s", limits.eval.correct_s)):
        if seconds > window_s:
            problems.add(f"limits.eval.{key}", shown(seconds), f"at most window_s, which is {window_s}")
    phone = limits.phone
    if phone.supervisor_after < phone.neighbour_after:
        problems.add(
            "limits.phone.supervisor_after",
            shown(phone.supervisor_after),
            f"at least neighbour_after, which is {phone.neighbour_after}",
        )
