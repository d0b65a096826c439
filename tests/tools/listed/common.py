"""What the scripts of this folder share: a case is a file that a package manager wrote, and what its own list says.

    javascript.py TOOLS CASES    writes CASES/<inspector>/<name>/input and listed

The list comes from the manager (or from another program that reads its file), never from our readers. Marks that the
file can't state are left out by the script that knows the format.
"""
import json
import os
import subprocess
import sys

TOOLS, CASES = (sys.argv + ["", ""])[1:3]


def run(*args, **kwargs):
    done = subprocess.run(args, capture_output=True, text=True, timeout=600, **kwargs)
    if done.returncode:
        raise SystemExit(f"{' '.join(args)}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(content if isinstance(content, str) else json.dumps(content))
    return path


class Listed:
    """Packages with their marks, and needs, while they are collected."""

    def __init__(self, kind):
        self.kind, self.packages, self.needs = kind, {}, set()

    def package(self, name, version, *marks):
        self.packages.setdefault((name, version), set()).update(marks)

    def need(self, name, version, needed, needed_version):
        self.needs.add((name, version, needed, needed_version))

    def save(self, inspector, case, file, path=None):
        folder = os.path.join(CASES, inspector, case)
        with open(file) as source:
            write(folder, "input", source.read())
        lines = [f"package|{self.kind}|{name}|{version}|{' '.join(sorted(marks))}"
                 for (name, version), marks in self.packages.items()]
        lines += ["needs|" + "|".join(need) for need in self.needs]
        write(folder, "listed", "".join(line + "\n" for line in sorted(lines)))
        if path:
            write(folder, "path", path + "\n")
        print(f"{inspector}/{case}: {len(self.packages)} packages, {len(self.needs)} needs")
