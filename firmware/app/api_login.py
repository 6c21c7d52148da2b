"""/api/v1/login

    GET   {"salt","iterations","nonce","wait_s"}     hex; what a login needs
    POST  {"nonce","client","proof","name"}          -> {"role","signature"} and the cookie
    POST  {"guest": the link's token, "name"}        -> {"role"} and the cookie

`client` is the page's own nonce, `proof` as in scram.py. 401 wrong, 409 fetch another nonce,
429 wait (Retry-After).
"""

from binascii import hexlify

from app import keys, password, proof, scram, security
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
    found = proof.proved(app, request, body)
    if isinstance(found, Reply):
        return found
    owner, _, auth = found
    signature = hexlify(scram.hmac(owner[54:86], auth)).decode()
    name = keys.name_octets(body.get("name"))
    token = keys.add(access, PHONE, OWNER, name)
    security.add(access, security.LOGIN, OWNER, request.peer, name)
    hours = access.idle or _YEAR_H
    return _welcome(token, hours, '{"role":"owner","signature":"' + signature + '"}')


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
    security.add(app.access, security.GUEST, VIEWER, request.peer, name)
    return _welcome(token, hours, '{"role":"viewer"}')


def _welcome(token, hours, text):
    return Reply(text, 200, extra=NO_STORE + _COOKIE.format(token, hours * 3600))
