"""What a ``hall.toml`` must mean: names that stand once, desks that know their services and their people."""

from collections.abc import Iterator, Sequence
from datetime import date

from firmware_py.core.plan import DeskPlan
from firmware_py.phrases.lint import lint_text, unshowable
from firmware_py.runtime.calendar_checks import check_calendar
from firmware_py.runtime.hall_file import HallFile
from firmware_py.runtime.limit_checks import check_limits
from firmware_py.runtime.problems import Problems, did_you_mean, nearest, one_of, shown

EVERYTHING = "*"


def check_hall(file: HallFile, problems: Problems) -> None:
    """Note everything that each key by itself allows and the whole does not."""
    _check_names(file, problems)
    for place, desk in enumerate(file.desk):
        path = f"desk[{place}]"
        _check_services(f"{path}.services", desk.services, file, problems)
        for row, rota in enumerate(desk.rota):
            _check_services(f"{path}.rota[{row}].services", rota.services, file, problems)
        _check_tidal(f"{path}.tidal", desk, file, problems)
        _check_neighbours(f"{path}.neighbours", desk, file, problems)
        _check_people(path, desk, file, problems)
    _check_shown(file, problems)
    _check_notices(file, problems)
    _check_served(file, problems)
    _check_supervised(file, problems)
    check_calendar(file, problems)
    check_limits(file, problems)


def _check_names(file: HallFile, problems: Problems) -> None:
    problems.add_repeats((f"service[{place}].id", each.id) for place, each in enumerate(file.service))
    prefixes = [(f"service[{place}].prefix", each.prefix) for place, each in enumerate(file.service)]
    problems.add_repeats([*prefixes, ("hall.manual_prefix", file.hall.manual_prefix)])
    for place, service in enumerate(file.service):
        items = ((f"service[{place}].items[{nth}].name", item.name) for nth, item in enumerate(service.items))
        problems.add_repeats(items, "each item once")
    problems.add_repeats((f"desk[{place}].id", each.id) for place, each in enumerate(file.desk))
    problems.add_repeats(_instances(file), "an instance of its own")
    problems.add_repeats((f"hall.supervisors[{place}]", each) for place, each in enumerate(file.hall.supervisors))
    problems.add_repeats((f"staff[{place}].id", each.id) for place, each in enumerate(file.staff))
    rosters = ((f"desk[{place}].roster", each.roster) for place, each in enumerate(file.desk))
    problems.add_repeats(rosters, "a person of its own, because one person sits at one desk")


def _instances(file: HallFile) -> Iterator[tuple[str, str]]:
    """Every instance the hall names; an evaluator paired with two desks would rate the wrong one (R-EVAL-04)."""
    for place, kiosk in enumerate(file.kiosk):
        yield f"kiosk[{place}].id", kiosk.id
    for place, desk in enumerate(file.desk):
        yield f"desk[{place}].pad", desk.pad
        yield f"desk[{place}].evaluator", desk.evaluator
        yield f"desk[{place}].phone", desk.phone


def _known(file: HallFile) -> list[str]:
    return [service.id for service in file.service if service.id]


def _check_services(path: str, services: Sequence[str], file: HallFile, problems: Problems) -> None:
    known = _known(file)
    problems.add_repeats(((f"{path}[{place}]", each) for place, each in enumerate(services)), "each service once")
    if EVERYTHING in services and len(services) > 1:
        problems.add(path, f'"{EVERYTHING}" among others', f'["{EVERYTHING}"] alone, which is all services')
    for place, each in enumerate(services):
        if each not in known and each != EVERYTHING:
            problems.add(f"{path}[{place}]", shown(each), one_of(known), did_you_mean(each, known))


def _check_tidal(path: str, desk: DeskPlan, file: HallFile, problems: Problems) -> None:
    """What the tide adds must be something the desk does not serve anyway (R-CORE-10)."""
    problems.add_repeats(((f"{path}[{place}]", each) for place, each in enumerate(desk.tidal)), "each service once")
    others = [each for each in _known(file) if each not in desk.services and EVERYTHING not in desk.services]
    for place, each in enumerate(desk.tidal):
        if each not in others:
            allowed = f"a service this desk does not serve anyway: {one_of(others) if others else 'none is left'}"
            problems.add(f"{path}[{place}]", shown(each), allowed, did_you_mean(each, others))


def _check_neighbours(path: str, desk: DeskPlan, file: HallFile, problems: Problems) -> None:
    others = [other.id for other in file.desk if other.id != desk.id]
    problems.add_repeats(((f"{path}[{place}]", each) for place, each in enumerate(desk.neighbours)), "each desk once")
    for place, each in enumerate(desk.neighbours):
        if each not in others:
            problems.add(f"{path}[{place}]", shown(each), f"the number of another desk: {one_of(others)}")


def _check_people(path: str, desk: DeskPlan, file: HallFile, problems: Problems) -> None:
    """R-CORE-26: nobody stands in for themselves; with a list of staff, everybody named stands in it."""
    if desk.stand_in and desk.stand_in == desk.roster:
        problems.add(f"{path}.stand_in", shown(desk.stand_in), "somebody else than roster")
    if desk.login == "card" and not desk.pad:
        problems.add(f"{path}.login", '"card", and the desk has no pad', 'a desk with a pad; or "roster"')
    known = [each.id for each in file.staff if each.id]
    for key, number in (("roster", desk.roster), ("stand_in", desk.stand_in)):
        if known and number and number not in known:
            problems.add(f"{path}.{key}", shown(number), f"the id of a [[staff]]: {one_of(known)}")


def _check_shown(file: HallFile, problems: Problems) -> None:
    """What stands on signs has characters that signs have (R-CALL-06); an alias may stand for a name that has not."""
    for place, service in enumerate(file.service):
        path = f"service[{place}]"
        if service.alias:
            _check_showable(f"{path}.alias", service.alias, "", problems)
        else:
            _check_showable(f"{path}.name", service.name, 'add alias = "…", which signs show instead', problems)
    for place, desk in enumerate(file.desk):
        _check_showable(f"desk[{place}].name", desk.name, "", problems)
    for place, kiosk in enumerate(file.kiosk):
        _check_showable(f"kiosk[{place}].place", kiosk.place, "", problems)


def _check_showable(path: str, name: str, hint: str, problems: Problems) -> None:
    culprits = unshowable(name)
    if culprits and not problems.has(path):
        found = f"{shown(name)} with {', '.join(f'{char} (U+{ord(char):04X})' for char in culprits)}"
        problems.add(path, found, "characters of GB2312, which signs can show", hint)


def _check_notices(file: HallFile, problems: Problems) -> None:
    """What the board will say is fit to be said, and ends after it begins (R-CALL-06, R-CALL-07)."""
    for place, notice in enumerate(file.notice):
        path = f"notice[{place}]"
        for complaint in lint_text(notice.text):
            problems.add(f"{path}.text", shown(notice.text), f"a text for the public: {complaint}")
        for key, moment in (("since", notice.since), ("until", notice.until)):
            if moment and not problems.has(f"{path}.{key}") and not _is_day(moment[:10]):
                problems.add(f"{path}.{key}", shown(moment), "a day of the calendar")
        until = notice.until + (" 24:00" if len(notice.until) == len("2026-12-01") else "")
        if notice.since and notice.until and until <= notice.since:
            problems.add(f"{path}.until", shown(notice.until), f"a time after since, {shown(notice.since)}")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_served(file: HallFile, problems: Problems) -> None:
    """Nobody may wait where nobody calls (R-CORE-09): a tide alone, which a supervisor must open, is not enough."""
    if any(problems.has(f"desk[{place}].services") for place in range(len(file.desk))):
        return  # what that desk serves is not known
    known = _known(file)
    named = {each for desk in file.desk for each in desk.services}
    named |= {each for desk in file.desk for rota in desk.rota for each in rota.services}
    if EVERYTHING in named:
        return
    served = named | {nearest(each, known) for each in named - set(known)}
    for place, service in enumerate(file.service):
        if service.id not in served:
            problems.add(f"service[{place}].id", f"{shown(service.id)}, which no desk serves", "a service of some desk")


def _check_supervised(file: HallFile, problems: Problems) -> None:
    """Somebody must be able to approve (R-DESK-05): 1号窗口 unless the hall says otherwise."""
    marked = any(desk.supervisor for desk in file.desk) or bool(file.hall.supervisors)
    unread = any(problems.has(f"desk[{place}].id") for place in range(len(file.desk)))
    if not marked and not unread and all(desk.id != 1 for desk in file.desk):
        allowed = "a desk with supervisor = true, a desk 1, or a duty panel in hall.supervisors"
        problems.add("desk", "nobody who may approve", allowed)
