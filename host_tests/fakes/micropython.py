"""CPython has no `micropython` module: what firmware/ and lib/ import from it, doing nothing."""


def const(value):
    """The value: the compiler's business."""
    return value


def native(function):
    """The function as it is."""
    return function


def viper(function):
    """The function as it is: Python ints do not wrap, so code that relies on 32 bits must mask."""
    return function
