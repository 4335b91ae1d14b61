"""What one printer can say, found out by asking it: models differ, and so do the firmwares of one model."""

import msgspec


class Abilities(msgspec.Struct):
    """Found when the wire is opened, and again whenever it is opened anew (hardware.md 8)."""

    questions: tuple[int, ...] = ()
    """The n of ``DLE EOT n`` it answers, at any time."""
    barrier: bool | None = None
    """``GS r 1``: whether it says in its turn that it has come so far; None = not yet seen."""
    process_id: bool = False
    """``GS ( H``: whether it repeats a slip's number when that slip is printed."""
    automatic: bool = False
    """``GS a``: whether it tells by itself when its state changes."""

    @property
    def can_confirm(self) -> bool:
        """Whether anything may ever prove that a slip came out."""
        return self.process_id or self.barrier is not False

    def __str__(self) -> str:
        known = [f"DLE EOT {' '.join(map(str, self.questions))}"] if self.questions else []
        known += [
            name
            for name, known_to in (("GS r", self.barrier), ("GS ( H", self.process_id), ("GS a", self.automatic))
            if known_to
        ]
        return f"answers {', '.join(known)}" if known else "answers nothing"
