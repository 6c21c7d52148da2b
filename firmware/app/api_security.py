"""/api/v1/security: the security log.

GET                    {"entries":[{"id","event","figure","time","address","name"}],"seen"}
POST {"seen": id}      the owner has read up to this entry: the notices on the page go
"""

import json

from app import security
from app.reply import Reply
from app.routes import body_of, refuse


class _Log(Reply):
    """Sent entry by entry: all of them would take 20 KB at once."""

    def __init__(self, access):
        Reply.__init__(self, b"")
        self.access = access

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if self.is_head:
            return
        data = self.access.data
        text = '{{"seen":{},"entries":['.format(data[2] | data[3] << 8)
        for entry in security.entries(self.access.folder):
            await stream.awrite((text + as_json(entry)).encode())
            text = ","
        await stream.awrite((text if text[0] == "{" else "").encode() + b"]}")


def as_json(entry) -> str:
    """An entry of security.entries() as a JSON object."""
    number, event, figure, utc, address, name = entry
    return json.dumps(
        {
            "id": number,
            "event": security.NAMES.split(" ")[event - 1],
            "figure": figure,
            "time": utc or None,
            "address": None if address == "0.0.0.0" else address,
            "name": name,
            "notice": event in security.NOTICES,
        }
    )


def get(app, request, rest):
    """The whole log, newest first."""
    return refuse(404, "not_found") if rest else _Log(app.access)


def post(app, request, rest):
    """Take note."""
    seen = body_of(request).get("seen")
    access = app.access
    if rest:
        return refuse(404, "not_found")
    if not isinstance(seen, int) or not 0 <= seen <= 0xFFFF:
        return refuse(400, "not_valid")
    access.data[2] = seen & 0xFF
    access.data[3] = seen >> 8
    access.save()
    access.notices = security.unseen(access)
    return Reply("{}")
