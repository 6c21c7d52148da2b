"""Starts the dongle, from the folder that switch.py chooses. Holding the BOOT button at power-up ends
at the REPL instead."""

import sys

import switch

switch.choose()
main = None
try:
    if sys.platform == "esp32":
        from app import board_esp32 as board
    else:
        from app import board_unix as board

    if board.button():
        print("BOOT is held: the dongle does not start")
    else:
        from app.app import main
except Exception as error:  # noqa: BLE001  whatever keeps it from loading
    switch.rescue(error)
if main:
    switch.leave()
    main()
