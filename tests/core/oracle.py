"""A clerk with a pencil: reads the hall's events one by one and keeps account of them as rules.md 3.2–3.10 says.

Written from the rules, not from the code: one card per number, one seat per desk, and an ``assert`` wherever an event
may not follow. Slow and obvious on purpose.
"""

from collections.abc import Callable

from firmware_py.core import events as e
from tests.core import account_day as day
from tests.core import account_desks as desks
from tests.core import account_lines as lines
from tests.core import account_numbers as numbers
from tests.core import account_oversight as oversight
from tests.core import account_ratings as ratings
from tests.core import account_tickets as tickets
from tests.core import account_visits as visits
from tests.core.account import TERMINAL, Reading

READ: dict[type, Callable[..., None]] = {
    e.Configured: day.configured,
    e.NumbersKnown: day.numbers_known,
    e.Restarted: day.restarted,
    e.ClockStepped: day.clock_stepped,
    e.ClockTrusted: day.clock_trusted,
    e.ClockConfirmed: day.clock_trusted,
    e.DayOpened: day.day_opened,
    e.CallingOpened: day.calling_opened,
    e.LunchBegan: day.lunch_began,
    e.LunchEnded: day.lunch_ended,
    e.IssueClosed: day.issue_closed,
    e.IssueReopened: day.issue_reopened,
    e.DayClosed: day.day_closed,
    e.HoursAnnounced: day.hours_announced,
    e.HoursShown: day.hours_shown,
    e.HoursChanged: day.hours_changed,
    e.HoursHeldBack: day.hours_held_back,
    e.EmergencyBegan: day.emergency_began,
    e.EmergencyEnded: day.emergency_ended,
    e.Taken: numbers.taken,
    e.ManualEntered: numbers.manual_entered,
    e.Printed: numbers.printed,
    e.PrintFailed: numbers.print_failed,
    e.PrintUnknown: numbers.print_unknown,
    e.Cancelled: numbers.cancelled,
    e.Called: tickets.called,
    e.Announced: tickets.announced,
    e.Recalled: tickets.recalled,
    e.Arrived: tickets.arrived,
    e.Passed: tickets.passed,
    e.PassUndone: visits.pass_undone,
    e.Withdrawn: tickets.withdrawn,
    e.Returned: tickets.returned,
    e.Expired: tickets.expired,
    e.Interrupted: visits.interrupted,
    e.InterruptionEnded: visits.interruption_ended,
    e.Held: tickets.held,
    e.ReportedBack: tickets.reported_back,
    e.Resumed: tickets.resumed,
    e.Transferred: visits.transferred,
    e.TransferUndone: visits.transfer_undone,
    e.ItemAdded: visits.item_added,
    e.LimitNear: visits.limit_near,
    e.LimitPassed: visits.limit_passed,
    e.Finished: tickets.finished,
    e.FinishUndone: visits.finish_undone,
    e.Voided: visits.voided,
    e.Granted: visits.granted,
    e.Upgraded: visits.upgraded,
    e.Reprinted: visits.reprinted,
    e.Unserved: tickets.unserved,
    e.RatingOpened: ratings.rating_opened,
    e.Rated: ratings.rated,
    e.RatingCorrected: ratings.rating_corrected,
    e.RatingLocked: ratings.rating_locked,
    e.RatingClosed: ratings.rating_closed,
    e.InviteFailed: ratings.invite_failed,
    e.SelfTestBegan: ratings.self_test_began,
    e.SelfTestPressed: ratings.self_test_pressed,
    e.SelfTestEnded: ratings.self_test_ended,
    e.StrayRating: ratings.stray,
    e.LoggedIn: desks.logged_in,
    e.StoodIn: desks.stood_in,
    e.LoggedOut: desks.logged_out,
    e.DeskWaits: desks.desk_waits,
    e.DeskPaused: desks.desk_paused,
    e.PausePending: desks.pause_pending,
    e.DeskResumed: desks.desk_resumed,
    e.DeskFailed: desks.desk_failed,
    e.DeskMended: desks.desk_mended,
    e.AbsenceReminded: desks.absence_reminded,
    e.AbsenceReported: desks.absence_reported,
    e.AbsenceLong: desks.absence_long,
    e.AbsenceExplained: desks.absence_explained,
    e.DeskAssigned: desks.desk_assigned,
    e.TideOpened: desks.tide_opened,
    e.TideClosed: desks.tide_closed,
    e.Rang: lines.rang,
    e.NeighboursAlerted: lines.neighbours_alerted,
    e.SupervisorAlerted: lines.supervisor_alerted,
    e.PickupClaimed: lines.claimed,
    e.CallerNoted: lines.caller_noted,
    e.PhoneAnswered: lines.answered,
    e.PhoneAbandoned: lines.abandoned,
    e.PhoneMissed: lines.missed,
    e.PhoneBusyMissed: lines.busy_missed,
    e.PhoneUnknown: lines.quiet,
    e.PhoneOutgoing: lines.quiet,
    e.PhoneEnded: lines.quiet,
    e.CallbackOpened: lines.callback_opened,
    e.CallbackMerged: lines.callback_merged,
    e.CallbackClosed: lines.callback_closed,
    e.RecordOwed: lines.record_owed,
    e.RecordFiled: lines.record_filed,
    e.DeviceFailed: lines.device_failed,
    e.DeviceMended: lines.device_mended,
    e.Approved: oversight.approved,
    e.AlertRaised: oversight.alert_raised,
    e.AlertEased: oversight.alert_eased,
    e.AlertCleared: oversight.alert_cleared,
    e.FindingRaised: oversight.finding_raised,
    e.Patrolled: oversight.patrolled,
    e.Booked: oversight.booked,
    e.BookingCancelled: oversight.booking_cancelled,
    e.BookingMissed: oversight.booking_missed,
}
"""Every fact has its row; one without would be a defect of this table."""


def read(reading: Reading, event: e.Event) -> None:
    """One more event in the account."""
    reading.seq += 1
    day.stands_still(reading, event)
    READ[type(event)](reading, event)
    if isinstance(event, e.TicketEvent) and reading.cards[event.ticket].state in TERMINAL:
        for kind in ("call", "transfer"):  # nothing is left to allow
            reading.approvals.pop((kind, event.ticket), None)
