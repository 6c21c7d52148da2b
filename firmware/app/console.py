"""What the console shows at the first start: where to go and the key, as text and as a QR code
that a phone's camera takes for the network."""

from app import qr


def show(ssid: str, key: str, board, radio: bool) -> None:
    """Print it. On a computer there is no network to join, and the link carries the key."""
    print()
    if radio:
        for line in qr.lines(qr.matrix(wifi_code(ssid, key).encode())):
            print(line)
        print("\nWi-Fi {}   key {}   then http://192.168.4.1".format(ssid, key))
    else:
        print("set-up: http://localhost:{}/setup#{}".format(board.http_port(), key))
    print()


def wifi_code(ssid: str, key: str) -> str:
    """The text that phones know as a Wi-Fi network. Both are without the signs it escapes."""
    return "WIFI:T:WPA;S:{};P:{};;".format(ssid, key)
