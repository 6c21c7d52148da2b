"""A history's answer, sent while it is read from flash: whatever the range, the memory taken is that of
one piece. What reads it is loaded once the answer begins, when nothing of the request is needed any more.
"""

from micropython import const

from app import clock
from app.reply import NO_STORE, Reply, error

_PIECE = const(600)  # octets
_CSV = "text/csv; charset=utf-8"


class Rows(Reply):
    """An answer made of pieces: `pieces(journal)` yields text, or octets that are sent before the
    next are asked for, while the journal is open. `file` is the name that a browser stores it under; with it it is CSV, else JSON."""

    def __init__(self, hours, pieces, file: str = ""):
        extra = NO_STORE
        if file:
            extra += 'Content-Disposition: attachment; filename="' + file + '"\r\n'
        Reply.__init__(self, b"", 200, _CSV if file else "application/json", extra)
        self.hours = hours
        self.pieces = pieces

    async def write(self, stream) -> None:
        if self.is_head:
            await stream.awrite(self.head(None))
            return
        try:
            journal = self.hours.open_tail()
        except OSError:
            await error(503).write(stream)
            return
        try:
            head = self.head(None)
            count = 0
            # one buffer: strings that grow leave holes in a heap that is nearly full
            held = memoryview(bytearray(_PIECE))
            for piece in self.pieces(journal):
                # years of hours take their time; awrite() sees to it that each piece gets away
                stream.born = clock.ms()
                if isinstance(piece, str):
                    piece = piece.encode()
                if count + len(piece) <= _PIECE:
                    held[count : count + len(piece)] = piece
                    count += len(piece)
                    continue
                if head:  # not before there is something: until then it can still be refused
                    await stream.awrite(head)
                    head = b""
                await stream.awrite(held[:count])
                count = 0
                await stream.awrite(piece)
            if head:
                await stream.awrite(head)
                head = b""
            await stream.awrite(held[:count])
        finally:
            self.hours.close()


def csv(hours, make, file: str, point: bool) -> Rows:
    """The Rows of a csv_table.Csv; make(journal, point) gives it, None when there is nothing."""

    def pieces(journal):
        table = make(journal, point)
        while True:
            chunk = table.next_chunk()
            if chunk is None:
                return
            yield chunk

    return Rows(hours, pieces, file)
