"""/api/v1/session: GET who one is, DELETE to log out."""

from app import keys
from app.reply import NO_STORE, Reply
from app.routes import refuse


def get(app, request, rest):
    """{"role", "id" of its slot, "notices" for the owner}."""
    if rest:
        return refuse(404, "not_found")
    conn = request.conn
    return Reply(
        '{{"role":"{}","id":{},"notices":{}}}'.format(
            keys.ROLES[conn.role], conn.who, app.access.notices if conn.role == 2 else 0
        )
    )


def delete(app, request, rest):
    """Forget this phone."""
    if rest:
        return refuse(404, "not_found")
    conn = request.conn
    keys.revoke(app, conn.who, conn)
    extra = NO_STORE + "Set-Cookie: han=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict\r\n"
    return Reply("{}", 200, extra=extra)
