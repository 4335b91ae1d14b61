"""The program that speaks one text into a WAV file through pyttsx3, and ends: ``speech_child OUT < text``.

A process for each text because pyttsx3's espeak driver speaks only the last of two queued texts, turns every later
``say`` into a file after the first file, loses errors in a C callback and has been seen to hang (hardware.md 5.3).
"""

import argparse
import os
import sys
import threading
from collections.abc import Sequence

VOICE = "cmn-latn-pinyin"
"""Debian 12's plain ``cmn`` reads the pinyin of hanzi as English words (hardware.md 5.2)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when the file was made, 3 when the engine or its voice is missing, 4 when it failed; why is on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", help="WAV file to make")
    parser.add_argument("--voice", default=VOICE)
    parser.add_argument("--rate", type=int, default=160, help="words a minute")
    options = parser.parse_args(arguments)
    text = sys.stdin.buffer.read().decode()
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
    engine.setProperty("voice", options.voice)
    engine.setProperty("rate", options.rate)
    finished = threading.Event()
    complaints: list[Exception] = []

    def on_finished(name: str | None, completed: bool) -> None:  # noqa: ARG001 - called by keyword
        finished.set()

    def on_error(name: str | None, exception: Exception) -> None:  # noqa: ARG001 - called by keyword
        complaints.append(exception)
        finished.set()

    engine.connect("finished-utterance", on_finished)
    engine.connect("error", on_error)
    engine.save_to_file(text, options.out)
    engine.runAndWait()
    # runAndWait comes back while espeak's own thread still speaks: past some seven seconds of sound, before the file.
    # Whoever started this program knows how long he will wait.
    finished.wait()
    if complaints:
        sys.stderr.write(f"{complaints[0]}\n")
        return 4
    os._exit(0)  # espeak-ng may assert while the interpreter ends; whether the file is good, the parent judges


if __name__ == "__main__":
    sys.exit(main())
