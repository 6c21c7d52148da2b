"""/api/v1/login

    GET   {"salt","iterations","nonce","wait_s"}     hex; what a login needs
    POST  {"nonce","client","proof","name"}          -> {"role","signature"} and the cookie
    POST  {"guest": the link's token, "name"}        -> {"role"} and the cookie

`client` is the page's own nonce, `proof` as in scram.py. 401 wrong, 409 fetch another nonce,
429 wait (Retry-After).
"""

from binascii import hexlify

from app import keys, password, scram, security
from app.access import DONE, LINK, OWNER, PHONE, VIEWER
from app.reply import NO_STORE, Reply
from app.routes import body_of, refuse

_COOKIE = "Set-Cookie: han={}; Max-Age={}; Path=/; HttpOnly; SameSite=Strict\r\n"
_YEAR_H = 8784


def get(app, request, rest):
    """What a login needs."""
    access = app.access
    owner = password.read(access.folder)
    if rest or owner is None:
        return refuse(404, "not_found") if rest else refuse(503, "owner_damaged")
    return Reply(
        '{{"salt":"{}","iterations":{},"nonce":"{}","wait_s":{}}}'.format(
            hexlify(owner[6:22]).decode(),
            password.iterations(owner),
            password.make_nonce(access),
            password.wait_s(access),
        )
    )


def post(app, request, rest):
    """Log in."""
    access = app.access
    body = body_of(request)
    if rest:
        return refuse(404, "not_found")
    if "guest" in body:
        return _guest(app, request, body)
    owner = password.read(access.folder)
    if owner is None:
        return refuse(503, "owner_damaged")
    status, key, auth = password.prove(access, body, owner)
    if key is None:
        return refused(app, request, status)
    signature = hexlify(scram.hmac(owner[54:86], auth)).decode()
    name = keys.name_octets(body.get("name"))
    token = keys.add(access, PHONE, OWNER, name)
    security.add(access, security.LOGIN, OWNER, request.client_addr, name)
    hours = access.idle or _YEAR_H
    return _welcome(token, hours, '{"role":"owner","signature":"' + signature + '"}')


def refused(app, request, status: int) -> Reply:
    """The answer to a proof that did not hold, and its line in the security log."""
    if status == 401:
        wrong = app.access.data[1]
        if wrong & (wrong - 1) == 0:  # the 1st, 2nd, 4th ...: they must not fill the log
            security.add(app.access, security.FAILED, wrong, request.client_addr)
        wait = password.wait_s(app.access)
        return refuse(401, "password_wrong", ',"wait_s":{}'.format(wait))
    if status == 429:
        wait = password.wait_s(app.access)
        reply = refuse(429, "wait", ',"wait_s":{}'.format(wait))
        reply.extra = NO_STORE + "Retry-After: {}\r\n".format(wait)
        return reply
    return refuse(status, "try_again" if status == 409 else "not_valid")


def _guest(app, request, body):
    token = body["guest"]
    if app.access.stage != DONE or not isinstance(token, str):
        return refuse(401, "link_over")
    link = app.access.find(token, LINK)
    if link < 0:
        return refuse(401, "link_over")
    name = keys.name_octets(body.get("name"))
    token, hours = keys.guest_session(app.access, link, name)
    if token is None:
        return refuse(503, "keys_full")
    security.add(app.access, security.GUEST, VIEWER, request.client_addr, name)
    return _welcome(token, hours, '{"role":"viewer"}')


def _welcome(token, hours, text):
    return Reply(text, 200, extra=NO_STORE + _COOKIE.format(token, hours * 3600))
