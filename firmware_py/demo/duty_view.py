"""What stands on the duty panel: what needs somebody, what is suspected, and today's appointments."""

from typing import Any

from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import clock_text
from firmware_py.demo.following import Follower
from firmware_py.phrases import telling


def duty(plan: Plan, told: Follower) -> dict[str, Any]:
    """``duty`` of ``GET /api/hall``."""
    return {
        "emergency": told.emergency,
        "alerts": [
            {
                "kind": kind,
                "subject": subject,
                "text": telling.sentence(e.AlertRaised(alert.at, kind, subject, alert.n), plan),
                "eased": alert.eased_at != 0,
            }
            for (kind, subject), alert in told.alerts()
        ],
        "findings": [telling.sentence(finding, plan) for finding in told.findings],
        "bookings": [
            {
                "code": booking.code,
                "service": booking.service,
                "starts": clock_text(booking.starts),
                "ends": clock_text(booking.ends),
                "ticket": booking.ticket or None,
            }
            for booking in told.bookings()
        ],
    }
