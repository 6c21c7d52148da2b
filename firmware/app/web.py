"""The page and its files, sent in small pieces from flash.

index.html is sent with what is known now put into its markers, so that the first paint has the
figure: %NOW% the JSON of /api/v1/now, %KW% the power, %STATE% Live's state. All else is stored
compressed, and named by its content so that a phone asks for it once.
"""

import os

from app.reply import NO_STORE, Reply, error

MARKERS = (b"%NOW%", b"%KW%", b"%STATE%")
_FOR_EVER = "Cache-Control: public, max-age=31536000, immutable\r\nETag: "


class Web:
    """Routes for / and for each file in `folder` that `types` has the content type of."""

    def __init__(self, app, folder: str, types: dict, marks, values):
        """`marks`: (place, index in MARKERS) of the markers in index.html, None without a page;
        values() -> their texts."""
        self._folder = folder
        self._types = types
        self._marks = marks
        self._values = values
        self._buffer = memoryview(bytearray(512))
        app.route("/")(self._index)
        app.route("/<name>")(self._asset)

    def _index(self, request):
        if self._marks is None:
            return error(404)
        values = [value.encode() for value in self._values()]
        kind = "text/html; charset=utf-8"
        return File(self, "index.html", kind, NO_STORE, self._marks, values)

    def _asset(self, request, name):
        if name not in self._types:
            return error(404)
        # The name is the content's hash: who has the name has the content.
        tag = '"' + name + '"'
        extra = _FOR_EVER + tag + "\r\n"
        if tag in request.headers.get("if-none-match", ""):
            return Reply(b"", 304, self._types[name], extra)
        extra += "Content-Encoding: gzip\r\n"
        return File(self, name + ".gz", self._types[name], extra)


class File(Reply):
    """A file, with `values` in the places of the markers."""

    def __init__(self, web, name, kind, extra, marks=(), values=()):
        Reply.__init__(self, b"", 200, kind, extra)
        self.path = web._folder + "/" + name
        self.buffer = web._buffer
        self.marks = marks
        self.values = values

    async def write(self, stream) -> None:
        size = length = os.stat(self.path)[6]
        for _, i in self.marks:
            length += len(self.values[i]) - len(MARKERS[i])
        await stream.awrite(self.head(length))
        if self.is_head:
            return
        with open(self.path, "rb") as file:
            at = 0
            for mark, i in self.marks:
                await stream.send_file(file, mark - at, self.buffer)
                await stream.awrite(self.values[i])
                at = file.seek(mark + len(MARKERS[i]))
            await stream.send_file(file, size - at, self.buffer)
