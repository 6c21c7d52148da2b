"""The setting "mqtt" taken apart."""


def parts(url: str):
    """(host, port, user, whether TLS) of mqtt://USER@HOST:PORT or mqtts://, None when it is no such
    thing. USER@ and :PORT may be left out."""
    kind, _, rest = url.partition("://")
    if kind not in ("mqtt", "mqtts") or " " in url:
        return None
    user, at, host = rest.rpartition("@")
    host, colon, port = host.partition(":")
    if not host or "/" in host or (at and not user):
        return None
    if not colon:
        port = "8883" if kind == "mqtts" else "1883"
    if not port.isdigit() or not 0 < int(port) < 65536:
        return None
    return host, int(port), user, kind == "mqtts"
