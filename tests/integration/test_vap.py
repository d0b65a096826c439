"""Admission policies against Kubernetes' own evaluator (k8s.io/apiserver): the cases of tests/cases/vap, by rule, object
and message. Skips (77), saying why, without PLIMSOLL_SLOW, Go or its modules.

usage: test_vap.py LIST_VAP BUILD
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

# What only a manifest makes different: parameters by selector, custom kinds, and what is not known.
LEFT_OUT = {"custom-kinds", "versions", "not-known", "params", "selectors"}


def build(folder):
    source = pathlib.Path(__file__).parent / "vap"
    folder.mkdir(exist_ok=True)
    for name in ("main.go", "go.mod"):
        shutil.copy(source / name, folder)
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    return subprocess.run(["go", "build", "-p", "1", "-o", "oracle", "."], cwd=folder, env=environment,
                          capture_output=True, text=True)


def ours(text):
    """Without severity, group and line; errors by that alone, as the words are each program's own."""
    lines = []
    for line in text.splitlines():
        rule, place, message = re.match(r"\S+ (\S+) (\S+):\d+ (.*)", line).groups()
        parts = place.split("/")
        parts[-2] = parts[-2].split(".")[0]
        if "could not be evaluated" in message:
            message, rule = "error", rule if "/" in rule else rule + "/0"
        lines.append(f"{rule} {'/'.join(parts)} {message}")
    return sorted(lines)


def main(list_vap, folder):
    if not os.environ.get("PLIMSOLL_SLOW"):
        print("skipped: it builds Kubernetes' API server packages for ten minutes; PLIMSOLL_SLOW=1 asks for it")
        return 77
    if not shutil.which("go"):
        print("skipped: go is not installed")
        return 77
    made = build(pathlib.Path(folder) / "vap-oracle")
    if made.returncode:
        print(f"skipped: go can't build Kubernetes' evaluator: {made.stderr[-500:]}")
        return 77
    failed = compared = 0
    for case in sorted((pathlib.Path(__file__).parent.parent / "cases" / "vap").iterdir()):
        if case.name in LEFT_OUT or case.name.startswith("wrong-") or case.name == "audit-annotations":
            continue
        files = [case / "policy.yaml", case / "objects.yaml"]
        mine = ours(subprocess.run([list_vap, *files], check=True, capture_output=True, text=True).stdout)
        answer = subprocess.run([pathlib.Path(folder) / "vap-oracle" / "oracle", *files], capture_output=True, text=True)
        theirs = sorted(answer.stdout.splitlines())
        compared += len(set(mine) | set(theirs))
        if answer.returncode or mine != theirs:
            failed = 1
            print(f"{case.name}:\n  ours   {mine}\n  theirs {theirs} {answer.stderr[-400:]}")
    print(f"{compared} verdicts compared")
    return failed


sys.exit(main(*sys.argv[1:]))
