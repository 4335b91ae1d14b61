"""What may be believed of an evaluator's facts: a press that proves its nonce, the end of a window of this log."""

from hmac import compare_digest

from msgspec.structs import replace

from firmware_py.core import facts as f
from firmware_py.core.rating import nonce, proof


def believed(fact: f.Fact, secret: bytes, log: str) -> f.Fact:
    """The fact, robbed of what does not hold: a press of its proof, so that the core journals a stray (R-EVAL-04), an
    end of its window, so that the core ends none.

    ``secret`` is the hall's, ``log`` the hall journal's id: a window of another log is no window of this hall, though
    both may count to the same ``seq``.
    """
    if isinstance(fact, f.WindowLocked | f.WindowExpired) and fact.window_log != log:
        return replace(fact, window_seq=0)
    if not isinstance(fact, f.LevelChosen) or not fact.proof:
        return fact
    right = proof(nonce(secret, log, fact.window_seq), log, fact.window_seq, fact.level, fact.elapsed_ms)
    if fact.window_log == log and compare_digest(right, fact.proof):
        return fact
    return replace(fact, proof="")
