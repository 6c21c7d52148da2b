"""Starts the dongle. Holding the BOOT button at power-up ends at the REPL instead."""

import sys

if sys.platform == "esp32":
    from app import board_esp32 as board
else:
    from app import board_unix as board

if board.button():
    print("BOOT is held: the dongle does not start")
else:
    from app.app import main

    main()
