"""Whether a press may be believed: only who held the window's nonce can have made its proof (R-EVAL-04)."""

from hmac import compare_digest

from msgspec.structs import replace

from firmware_py.core import facts as f
from firmware_py.core.rating import nonce, proof


def believed(fact: f.Fact, secret: bytes, log: str) -> f.Fact:
    """The fact, or a ``LevelChosen`` robbed of a proof that does not hold: the core then journals a stray.

    ``secret`` is the hall's, ``log`` the hall journal's id: a window of another log is no window of this hall.
    """
    if not isinstance(fact, f.LevelChosen) or not fact.proof:
        return fact
    right = proof(nonce(secret, log, fact.window_seq), log, fact.window_seq, fact.level, fact.elapsed_ms)
    if fact.window_log == log and compare_digest(right, fact.proof):
        return fact
    return replace(fact, proof="")
