# Runs before main.py. Nothing to do: MicroPython has mounted the file system already.
