"""Run the plain test files under MicroPython: import each, call its test_* functions.

    MICROPYPATH=lib:.frozen micropython -X heapsize=4M host_tests/mp_runner.py host_tests/lib

Arguments are files or folders (then every test_*.py below them). A file that ends in
_cpython.py needs CPython and is left out. The same files run under pytest. The exit code is
1 when a test failed, a file could not be imported or held no test, or nothing was found.
"""

import gc
import os
import sys
import time

_FOLDER = 0x4000


def find(path, found):
    """Add the test files at or below the path, in the order of their names."""
    if os.stat(path)[0] & _FOLDER:
        for name in sorted(os.listdir(path)):
            child = path + "/" + name
            if os.stat(child)[0] & _FOLDER:
                find(child, found)
            elif is_test(name):
                found.append(child)
    else:
        found.append(path)


def is_test(name):
    return name.startswith("test_") and name.endswith(".py") and not name.endswith("_cpython.py")


def complain(what, error):
    print("FAILED", what)
    sys.print_exception(error)


def run(path):
    """Run one file's tests. Returns how many passed and how many failed."""
    folder, name = path.rsplit("/", 1) if "/" in path else (".", path)
    name = name[:-3]
    sys.path.insert(0, folder)
    passed = failed = 0
    try:
        module = __import__(name)
        tests = [key for key in sorted(dir(module)) if key.startswith("test_")]
        if not tests:
            print("FAILED", path, "holds no test")
            failed = 1
        for key in tests:
            gc.collect()
            try:
                getattr(module, key)()
                passed += 1
            except (Exception, SystemExit) as error:
                failed += 1
                complain(path + "::" + key, error)
    except (Exception, SystemExit) as error:
        failed += 1
        complain(path, error)
    sys.path.remove(folder)
    # The next file gets this one's memory
    sys.modules.pop(name, None)
    return passed, failed


def main(arguments):
    found = []
    for path in arguments:
        find(path.rstrip("/"), found)
    passed = failed = 0
    for path in found:
        begin = time.ticks_ms()
        good, bad = run(path)
        passed += good
        failed += bad
        took = time.ticks_diff(time.ticks_ms(), begin)
        print("%s: %d passed, %d failed (%d ms)" % (path, good, bad, took))
    print("MicroPython %d.%d.%d" % sys.implementation.version[:3])
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:] or ["host_tests/lib"]))
