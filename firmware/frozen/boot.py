# Of a frozen build (manifest.py), before main.py. Without it the folder app/ of the flash, which holds
# the list of common passwords, would be taken for the package, and nothing of it be found.
import sys

sys.path[:] = [".frozen", "", "/lib"]
