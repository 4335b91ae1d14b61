"""The program that speaks one text through pyttsx3 and ends: ``speech_child < text > sound.wav``.

A process for each text because pyttsx3's espeak driver speaks only the last of two queued texts, turns every later
``say`` into a file after the first file, loses errors in a C callback and has been seen to hang (hardware.md 5.3).
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, Final  # pyttsx3 has no types

VOICE = "cmn-latn-pinyin"
"""Debian 12's plain ``cmn`` reads the pinyin of hanzi as English words (hardware.md 5.2)."""

SETTLE_S: Final = 5.0
"""Longer than the engine's own thread is ever kept waiting for the processor."""
_ESPEAK_RATE: Final = 1
_CURRENT: Final = 1


class EngineError(Exception):
    """The engine is there, but does not do as it is told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when the sound was written, 3 when the engine or its voice is missing, 4 when it failed; why is on
    stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voice", default=VOICE)
    parser.add_argument("--rate", type=int, default=160, help="words a minute")
    options = parser.parse_args(arguments)
    text = sys.stdin.buffer.read().decode()
    sound = os.memfd_create("speech")  # pyttsx3 writes files only; this one never touches a disk
    wav = os.dup(1)
    os.dup2(2, 1)  # pyttsx3 prints
    try:
        import pyttsx3

        engine = pyttsx3.init("espeak")
    except (ImportError, OSError, RuntimeError) as error:
        sys.stderr.write(f"no speech engine: {error}; apt install libespeak-ng1\n")
        return 3
    # An unknown name would leave the English voice without a word.
    known = {name for voice in engine.getProperty("voices") for name in (voice.id, voice.id.rpartition("/")[2])}
    if options.voice.partition("+")[0].lower() not in {name.lower() for name in known}:
        sys.stderr.write(f"the speech engine has no voice {options.voice}; apt install espeak-ng-data\n")
        return 3
    try:
        settle(engine, options.voice, options.rate)
        _speak(engine, text, f"/proc/self/fd/{sound}")
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 4
    with os.fdopen(wav, "wb") as out, os.fdopen(sound, "rb") as made:
        out.write(made.read())
    os._exit(0)  # espeak-ng may assert while the interpreter ends; whether the sound is good, the parent judges


def settle(engine: Any, voice: str, rate: int) -> None:
    """Set voice and rate, and wait until the engine has them.

    espeak-ng changes its rate in a thread of its own. pyttsx3 sends the change, and a moment later, at the head of its
    loop, cancels whatever espeak still has to do: on a busy machine the change itself, and the text is spoken at 200
    words a minute. So the change is sent before the loop and the loop is not begun until espeak says that it holds.

    Raises:
        EngineError: the engine did not take it in ``SETTLE_S``.
    """
    from pyttsx3.drivers import _espeak

    engine.setProperty("voice", voice)
    engine.setProperty("rate", rate)
    engine.proxy.setBusy(False)  # pyttsx3 sends nothing before it
    deadline = time.monotonic() + SETTLE_S
    # pyttsx3's own getProperty leaves out the second argument, and so asks for the default or the current at random
    while _espeak.dll.espeak_GetParameter(_ESPEAK_RATE, _CURRENT) != rate or _espeak.IsPlaying():
        if time.monotonic() > deadline:
            raise EngineError(f"the speech engine did not take the rate {rate}")
        time.sleep(0.0005)


def _speak(engine: Any, text: str, path: str) -> None:
    finished = threading.Event()
    complaints: list[Exception] = []

    def on_finished(name: str | None, completed: bool) -> None:  # noqa: ARG001 - called by keyword
        finished.set()

    def on_error(name: str | None, exception: Exception) -> None:  # noqa: ARG001 - called by keyword
        complaints.append(exception)
        finished.set()

    engine.connect("finished-utterance", on_finished)
    engine.connect("error", on_error)
    engine.save_to_file(text, path)
    engine.runAndWait()
    # runAndWait comes back while espeak's own thread still speaks: past some seven seconds of sound, before the file.
    # Whoever started this program knows how long he will wait.
    finished.wait()
    if complaints:
        raise EngineError(str(complaints[0]))


if __name__ == "__main__":
    sys.exit(main())
