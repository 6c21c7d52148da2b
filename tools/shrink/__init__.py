"""The sources of the firmware made small, for the dongle's heap. device_sources.py takes the steps in
this order; each is there for the heap, and says at its top what it is worth.

    constants.py        private integers become const()
    rare_modules.py     what is loaded for a moment becomes a number, in one file
    one_module.py       what is always loaded becomes one module, app.one
    short_names.py      the names that are left become short, and shared
    loose_strings.py    short strings of what is loaded for a moment become no names

What they ask of a source: imports.py, scopes.py, names_in_source.py. Nothing here reads a file, but
for the stubs of MicroPython (short_names.py).
"""
