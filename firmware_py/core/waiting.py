"""A sorted set of waiting keys in chunks, so that a queue of twenty thousand costs what a queue of ten does."""

from bisect import bisect_left, insort
from collections.abc import Iterator

CHUNK = 1024
"""Keys per chunk before it is split: insertion moves at most this many machine words."""


class WaitingKeys:
    """Keys ``accepted_at << 20 | ordinal``, ascending. Adding at the end and taking the front are fast.

    ``head`` is the smallest key, 0 = nobody waits; an attribute, because every choice reads it of every queue.
    """

    __slots__ = ("_chunks", "_size", "head")

    def __init__(self) -> None:
        self._chunks: list[list[int]] = []
        self._size = 0
        self.head = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[int]:
        for chunk in self._chunks:
            yield from chunk

    def add(self, key: int) -> None:
        """Insert ``key``; a key is there at most once."""
        self._size += 1
        if not self._chunks:
            self._chunks.append([key])
            self.head = key
            return
        last = self._chunks[-1]
        if key > last[-1]:
            if len(last) < CHUNK:
                last.append(key)
            else:
                self._chunks.append([key])
            return
        place = self._chunk_of(key)
        chunk = self._chunks[place]
        insort(chunk, key)
        self.head = self._chunks[0][0]
        if len(chunk) > 2 * CHUNK:
            self._chunks[place : place + 1] = [chunk[:CHUNK], chunk[CHUNK:]]

    def remove(self, key: int) -> None:
        """Take ``key`` out.

        Raises:
            KeyError: it is not there.
        """
        if key and key == self.head:  # who leaves is most often the first
            chunk = self._chunks[0]
            del chunk[0]
            if not chunk:
                del self._chunks[0]
            self._size -= 1
            self.head = self._chunks[0][0] if self._chunks else 0
            return
        if self._chunks:
            place = self._chunk_of(key)
            chunk = self._chunks[place]
            index = bisect_left(chunk, key)
            if index < len(chunk) and chunk[index] == key:
                del chunk[index]
                if not chunk:
                    del self._chunks[place]
                self._size -= 1
                return
        raise KeyError(key)

    def below(self, key: int) -> tuple[int, int]:
        """How many keys are smaller than ``key``, and the largest of them (0 when there is none)."""
        if self._size and key <= self._chunks[0][-1]:  # who is called has few before him
            index = bisect_left(self._chunks[0], key)
            return index, self._chunks[0][index - 1] if index else 0
        count = 0
        newest = 0
        for chunk in self._chunks:
            if chunk[-1] < key:
                count += len(chunk)
                newest = chunk[-1]
                continue
            index = bisect_left(chunk, key)
            if index:
                count += index
                newest = chunk[index - 1]
            break
        return count, newest

    def until(self, key: int) -> "WaitingKeys":
        """The keys smaller than ``key``, to be read and not to be changed: whole chunks are shared."""
        part = WaitingKeys()
        for chunk in self._chunks:
            if chunk[0] >= key:
                break
            part._chunks.append(chunk if chunk[-1] < key else chunk[: bisect_left(chunk, key)])
            part._size += len(part._chunks[-1])
        part.head = self.head if part._size else 0
        return part

    def _chunk_of(self, key: int) -> int:
        low, high = 0, len(self._chunks) - 1
        while low < high:
            middle = (low + high) // 2
            if self._chunks[middle][-1] < key:
                low = middle + 1
            else:
                high = middle
        return low
