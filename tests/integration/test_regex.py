"""The regular expressions against Go's regexp, which has RE2's syntax and answers: patterns and texts made from a
seed, compared in spans, in a plain yes or no, and for the whole text. Skips (77), saying why, without Go.

usage: test_regex.py DRIVER BUILD
"""
import os
import pathlib
import shutil
import subprocess
import sys

PATTERNS, SEEDS = 2500, (1, 2)


def main(driver, build):
    if not shutil.which("go"):
        print("skipped: go is not installed")
        return 77
    source = pathlib.Path(__file__).parent / "regex" / "cases.go"
    program = pathlib.Path(build) / "regex-cases"
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GO111MODULE": "off", "GOTOOLCHAIN": "local"}
    made = subprocess.run(["go", "build", "-o", program, source], env=environment, capture_output=True, text=True)
    if made.returncode:
        print(f"skipped: go can't build the cases: {made.stderr}")
        return 77
    failed = 0
    for seed in SEEDS:
        cases = subprocess.run([program, str(PATTERNS), str(seed)], check=True, capture_output=True).stdout
        failed |= subprocess.run([driver], input=cases).returncode
    return failed


sys.exit(main(*sys.argv[1:]))
