"""The page and its files, sent in small pieces from flash.

index.html is sent with what is known now put into its markers, so that the first paint has the
figure: %NOW% the JSON of /api/v1/now, %KW% the power, %STATE% Live's state. All else is stored
compressed, and named by its content so that a phone asks for it once.
"""

import json
import os

from app.reply import NO_STORE, Reply, error

_MARKERS = (b"%NOW%", b"%KW%", b"%STATE%")
_FOR_EVER = "Cache-Control: public, max-age=31536000, immutable\r\n"


class Web:
    """Routes for / and for each file of assets.json in `folder`."""

    def __init__(self, app, folder: str, values):
        """values() -> (now, kw, state), the texts for the markers."""
        self._folder = folder
        self._values = values
        self._types = {}
        self._marks = []
        self._buffer = memoryview(bytearray(1024))
        try:
            self._look()
        except OSError:
            print("web: no page in", folder)  # the API works all the same
        app.route("/")(self._index)
        app.route("/<name>")(self._asset)

    def _look(self):
        with open(self._folder + "/assets.json") as file:
            for name, kind in json.load(file).values():
                self._types[name] = kind
        with open(self._folder + "/index.html", "rb") as file:
            page = file.read()
        for i in range(len(_MARKERS)):
            at = page.find(_MARKERS[i])
            if at >= 0:
                self._marks.append((at, i))
        self._marks.sort()

    def _index(self, request):
        if not self._marks:
            return error(404)
        return Page(self._folder + "/index.html", self._marks, self._values(), self._buffer)

    def _asset(self, request, name):
        kind = self._types.get(name)
        if kind is None:
            return error(404)
        # The name is the content's hash: who has the name has the content.
        tag = '"' + name + '"'
        extra = _FOR_EVER + "ETag: " + tag + "\r\n"
        if tag in request.headers.get("If-None-Match", ""):
            return Reply(b"", 304, kind, extra)
        extra += "Content-Encoding: gzip\r\n"
        return Asset(self._folder + "/" + name + ".gz", kind, extra, self._buffer)


class Asset(Reply):
    """A file as it is."""

    def __init__(self, path, kind, extra, buffer):
        Reply.__init__(self, b"", 200, kind, extra)
        self.path = path
        self.buffer = buffer

    async def write(self, stream) -> None:
        size = os.stat(self.path)[6]
        await stream.awrite(self.head(size))
        if not self.is_head:
            with open(self.path, "rb") as file:
                await stream.send_file(file, size, self.buffer)


class Page(Asset):
    """index.html with the values in the places of the markers."""

    def __init__(self, path, marks, values, buffer):
        Asset.__init__(self, path, "text/html; charset=utf-8", NO_STORE, buffer)
        self.marks = marks
        self.values = [value.encode() for value in values]

    async def write(self, stream) -> None:
        size = os.stat(self.path)[6]
        length = size
        for _, i in self.marks:
            length += len(self.values[i]) - len(_MARKERS[i])
        await stream.awrite(self.head(length))
        if self.is_head:
            return
        with open(self.path, "rb") as file:
            at = 0
            for mark, i in self.marks:
                await stream.send_file(file, mark - at, self.buffer)
                await stream.awrite(self.values[i])
                at = file.seek(mark + len(_MARKERS[i]))
            await stream.send_file(file, size - at, self.buffer)
