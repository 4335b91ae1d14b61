"""What the staff screen at a desk says now (R-DESK-04, rules.md 4.3, 4.6): what to do and say, who is owed a call."""

from collections.abc import Mapping

from firmware_py.core.plan import Plan
from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView
from firmware_py.phrases.pack import pack, text

SAID_WHILE_SERVING = ("arrive", "arrive_help", "during", "finished")
"""The four sentences every visit has (D11)."""
FREE = frozenset({DeskState.READY.value, DeskState.CLOSING.value})


def absence_reasons() -> tuple[str, ...]:
    """The short list of why a desk was left, in the order of the digits that choose one (R-DESK-03)."""
    return tuple(words for key, words in pack().items() if key.startswith("absence_reasons."))


def prompts(view: DeskView, plan: Plan, others: Mapping[int, DeskView] | None = None) -> tuple[str, ...]:
    """The sentences for the desk of ``view``, most urgent first; how many wait comes last.

    ``others`` are the views of the desks whose ringing telephones it is asked to take, where they are known.
    """
    return (*_telephone(view, plan, others or {}), *_owed(view), *_visit(view), *_waiting(view))


def _telephone(view: DeskView, plan: Plan, others: Mapping[int, DeskView]) -> list[str]:
    found = []
    for desk in view.neighbours:
        ringing = others.get(desk)
        at_once = ringing is not None and ringing.phone.ring < plan.limits.phone.neighbour_after
        found.append(text("phone.neighbour_now" if at_once else "phone.neighbour", desk=desk))
        found.append(text("phone.neighbour_say", desk=desk))
    if view.phone.ring:
        if view.phone.ring > 1:
            found.append(text("phone.warning", n=view.phone.ring))
        found.append(text("phone.greeting", hall=plan.name, desk=view.desk))
    if view.phone.talking and view.ticket:
        found.append(text("phone.talking"))  # to the citizen at the desk (R-PHONE-07)
    return found


def _owed(view: DeskView) -> list[str]:
    found = []
    if view.phone.callbacks:
        found.append(text("phone.callbacks", n=view.phone.callbacks))
    if view.phone.records:
        found.append(text("phone.records", n=view.phone.records))
    if view.reason_wanted:
        found.append(text("desk.reason_wanted"))
        numbered = [f"{n} {reason}" for n, reason in enumerate(absence_reasons(), 1)]
        found.append(text("desk.reason_keys", reasons=" ".join(numbered)))
    return found


def _visit(view: DeskView) -> list[str]:
    found = []
    if view.warned:
        found.append(text("desk.limit_near" if view.warned == 1 else "desk.limit_passed"))
    if view.state == DeskState.PAUSE_PENDING:
        found.append(text("desk.pause_pending"))
    if view.long_wait:
        found.append(text("call.long_wait"))
    if view.interrupted:
        found.append(text("desk.urgent_leave"))
    elif view.state == DeskState.SERVING:
        found += [text(f"desk.{key}") for key in SAID_WHILE_SERVING]
    if view.rating:
        found.append(text("desk.rated" if view.last_rating_done else "desk.rating_wait"))
    if view.held:
        found.append(text("desk.held", n=len(view.held), tickets=" ".join(view.held)))
    return found


def _waiting(view: DeskView) -> list[str]:
    if not view.staff:
        return []
    if view.waiting:
        return [text("desk.waiting", n=view.waiting)]
    return [text("desk.nobody")] if view.state in FREE else []
