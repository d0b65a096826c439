"""Other scanners beside this one: their time, memory, and the packages that only one of them lists."""


def compare(bench):
    pass
