"""How much work the property tests of the core do: little by default, much with ``HALL_HYPOTHESIS=long``."""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("HALL_HYPOTHESIS") == "long"
RING_CALLS = 3000 if LONG else 300


def effort(examples: int, *, long_factor: int = 10, steps: int = 50) -> settings:
    """Settings for a property that takes ``examples`` examples by default."""
    return settings(
        max_examples=examples * (long_factor if LONG else 1),
        stateful_step_count=steps,
        deadline=None,  # the machine is shared
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
