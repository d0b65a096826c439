"""uv and the pylock.toml that it exports: extras, a group for development, a platform's own, two versions of Python.

TOOLS is a virtual environment with uv. `uv tree --universal` of the lock is the list.
"""
import re
import tempfile

from common import TOOLS, Listed, run, write

PROJECT = """[project]
name = "app"
version = "1.0.0"
requires-python = ">=3.10"
dependencies = ["markdown-it-py[linkify]==3.0.0", "colorama==0.4.6; sys_platform == 'win32'"]
[project.optional-dependencies]
cli = ["click==8.1.7"]
[dependency-groups]
dev = ["pytest==8.0.0"]
"""
ROW = re.compile(r"^(?P<lead>[│├└─ ]*)(?P<name>[a-z0-9-]+)(\[[^]]*\])? v(?P<version>\S+)(?P<note>.*)$")


def rows_of(folder):
    """Depth, name, version, note of each row."""
    for line in run(TOOLS + "/bin/uv", "tree", "--universal", "--all-groups", "--no-dedupe", cwd=folder).splitlines():
        row = ROW.match(line)
        if row:
            yield len(row["lead"]) // 4, row["name"], row["version"], row["note"]


def uv():
    folder = tempfile.mkdtemp(prefix="listed-uv")
    write(folder, "pyproject.toml", PROJECT)
    run(TOOLS + "/bin/uv", "lock", cwd=folder)
    lock, export, above, is_development = Listed("pypi"), Listed("pypi"), {}, False
    used = set()
    for depth, name, version, note in rows_of(folder):
        above[depth] = (name, version)
        if not depth:
            continue
        if depth == 1:
            is_development = "group: dev" in note
        else:
            lock.need(*above[depth - 1], name, version)
        lock.package(name, version, *(["direct"] if depth == 1 else []))
        export.package(name, version)
        used |= set() if is_development else {(name, version)}
    for key, marks in lock.packages.items():
        marks.update([] if key in used else ["development"])
    lock.save("uv-lock", "uv0", folder + "/uv.lock")
    run(TOOLS + "/bin/uv", "export", "--format", "pylock.toml", "--all-groups", "--all-extras", "-q", "-o",
        "pylock.toml", cwd=folder)
    export.save("pylock", "uv0", folder + "/pylock.toml")


if __name__ == "__main__":
    uv()
