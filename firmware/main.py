"""Starts the dongle, from the folder that switch.py chooses; app/boots.py says whether it is well enough for
all of it. Holding the BOOT button right after power-up ends in safe mode."""

import sys

import switch

switch.choose()
main = None
try:
    if sys.platform == "esp32":
        from app import board_esp32 as board
    else:
        from app import board_unix as board
    from app import boots

    main = boots.main_for(board)
    del boots
except Exception as error:  # noqa: BLE001  whatever keeps it from loading
    switch.rescue(error)
if main:
    switch.leave()
    main()
