"""The password that has to be proved: at a login, and for what an open phone must not be able to do.
Loaded for it."""

from app import password, security
from app.reply import NO_STORE
from app.routes import refuse


def proved(app, request, body: dict):
    """(owner, ClientKey, AuthMessage) of a body with "nonce", "client" and "proof" that hold, `owner`
    the 104 octets of password.read(); else the Reply that refuses it."""
    owner = password.read(app.access.folder)
    if owner is None:
        return refuse(503, "owner_damaged")
    status, key, auth = password.prove(app.access, body, owner)
    return _refused(app, request, status) if key is None else (owner, key, auth)


def _refused(app, request, status):
    """The answer to a proof that did not hold, and its line in the security log."""
    if status == 401:
        wrong = app.access.data[1]
        if wrong & (wrong - 1) == 0:  # the 1st, 2nd, 4th ...: they must not fill the log
            security.add(app.access, security.FAILED, wrong, request.peer)
        wait = password.wait_s(app.access)
        return refuse(401, "password_wrong", ',"wait_s":{}'.format(wait))
    if status == 429:
        wait = password.wait_s(app.access)
        reply = refuse(429, "wait", ',"wait_s":{}'.format(wait))
        reply.extra = NO_STORE + "Retry-After: {}\r\n".format(wait)
        return reply
    return refuse(status, "try_again" if status == 409 else "not_valid")
