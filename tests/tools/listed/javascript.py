"""pnpm 5, 7 to 10, yarn 1 and berry, Bun: one project with workspaces, aliases, peers and platforms.

TOOLS is a folder in which npm installed p5@npm:pnpm@5 ... p10@npm:pnpm@10, yarn@1, @yarnpkg/cli-dist and bun.
"""
import glob
import json
import os
import tempfile

from common import TOOLS, Listed, run, write

MANIFEST = {
    "name": "app", "version": "1.0.0", "private": True, "workspaces": ["inner"],
    "dependencies": {"debug": "3.1.0", "old-ms": "npm:ms@2.0.0", "@types/ms": "0.7.31", "react": "18.2.0",
                     "react-dom": "18.2.0"},
    "devDependencies": {"mkdirp": "0.5.5", "chokidar": "3.5.3"},
    "optionalDependencies": {"ws": "8.17.0"},
}
INNER = {"name": "inner", "version": "0.1.0", "dependencies": {"ms": "2.1.3", "debug": "4.3.4"},
         "devDependencies": {"ws": "8.17.0"}}
# For another platform: managers lock it and do not list it here.
ELSEWHERE = ("fsevents", "2.3.3")


def project(name):
    folder = tempfile.mkdtemp(prefix="listed-" + name)
    write(folder, "package.json", MANIFEST)
    write(folder, "inner/package.json", INNER)
    write(folder, "pnpm-workspace.yaml", "packages:\n  - inner\n")
    return folder


# ---- pnpm: its list of each workspace is a tree

def walk(listed, children, marks, parent=None, seen=()):
    for name, child in (children or {}).items():
        if child["version"].startswith("link:"):
            continue
        key = (child["from"] if child["from"] != name else name, child["version"].split("(")[0].split("_")[0])
        listed.package(*key, *marks(parent))
        if parent:
            listed.need(*parent, *key)
        if key not in seen:
            walk(listed, child.get("dependencies"), marks, key, (*seen, key))


def reached(edges, roots):
    found, todo = set(), list(roots)
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += [edge[2:] for edge in edges if edge[:2] == at]
    return found


def pnpm(version):
    script = glob.glob(f"{TOOLS}/node_modules/p{version}/bin/pnpm.*js")[0]
    folder = project(f"pnpm{version}")
    run("node", script, "install", "--ignore-scripts", "--no-frozen-lockfile", cwd=folder)
    rows = json.loads(run("node", script, "list", "-r", "--json", "--depth", "100", cwd=folder))
    listed, roots, all_roots = Listed("npm"), set(), set()
    for row in rows:
        for part in ("dependencies", "optionalDependencies", "devDependencies"):
            walk(listed, row.get(part), lambda parent: [] if parent else ["direct"])
            mine = {(child["from"], child["version"].split("(")[0].split("_")[0]) for child in
                    row.get(part, {}).values()}
            all_roots |= mine
            roots |= mine if part != "devDependencies" else set()
    listed.package(*ELSEWHERE)
    listed.need("chokidar", "3.5.3", *ELSEWHERE)
    used = reached(listed.needs, roots)
    for key, marks in listed.packages.items():
        if key not in used:
            marks.add("development")
    listed.save("pnpm-lock", f"pnpm{version}", folder + "/pnpm-lock.yaml")
    return listed


# ---- yarn 1: "name@version" and what it asks for, resolved by the one folder it installs

def installed_of(folder, name, at):
    """As node resolves it: the nearest node_modules upwards."""
    while True:
        path = os.path.join(at, "node_modules", name, "package.json")
        if os.path.exists(path):
            with open(path) as manifest:
                return json.load(manifest), os.path.dirname(path)
        if os.path.realpath(at) == os.path.realpath(folder):
            return None, None
        at = os.path.dirname(at)


def yarn1():
    folder = project("yarn1")
    run("node", TOOLS + "/node_modules/yarn/bin/yarn.js", "install", "--ignore-scripts", cwd=folder)
    listed = Listed("npm")
    for path in glob.glob(folder + "/**/node_modules/**/package.json", recursive=True):
        with open(path) as source:
            manifest = json.load(source)
        below = path.split("/node_modules/")[-1].split("/")
        if len(below) != (3 if below[0].startswith("@") else 2) or manifest["name"] == "inner":
            continue
        listed.package(manifest["name"], manifest["version"])
        for name in {**manifest.get("dependencies", {}), **manifest.get("optionalDependencies", {})}:
            found, _ = installed_of(folder, name, os.path.dirname(path))
            if found:
                listed.need(manifest["name"], manifest["version"], found["name"], found["version"])
    listed.package(*ELSEWHERE)
    listed.need("chokidar", "3.5.3", *ELSEWHERE)
    listed.save("yarn-lock", "yarn1", folder + "/yarn.lock")
    return listed


def berry():
    folder = project("berry")
    write(folder, "yarn.lock", "")
    script = TOOLS + "/node_modules/@yarnpkg/cli-dist/bin/yarn.js"
    environment = {**os.environ, "YARN_ENABLE_IMMUTABLE_INSTALLS": "0", "YARN_NODE_LINKER": "node-modules"}
    run("node", script, "install", "--mode=skip-build", cwd=folder, env=environment)
    rows = run("node", script, "info", "-A", "-R", "--virtuals", "--json", cwd=folder, env=environment)

    def split(locator):
        name, rest = locator[0] + locator[1:].split("@")[0], locator[1:].split("@", 1)[1]
        return (name, rest.split("npm:")[-1].split("::")[0]) if "npm:" in rest else None
    listed = Listed("npm")
    for row in map(json.loads, rows.splitlines()):
        key = split(row["value"])
        if not key and "@workspace:" not in row["value"]:
            continue  # a patch of one that is listed too
        needs = [split(need["locator"]) for need in row["children"].get("Dependencies", [])]
        for need in filter(None, needs):
            listed.package(*need, *([] if key else ["direct"]))
            if key:
                listed.package(*key)
                peers = row["children"].get("Peer dependencies", [])
                if need[0] not in [peer["descriptor"].rsplit("@", 1)[0] for peer in peers if "descriptor" in peer]:
                    listed.need(*key, *need)
    listed.package(*ELSEWHERE)
    listed.need("chokidar", "3.5.3", *ELSEWHERE)
    listed.save("yarn-lock", "berry4", folder + "/yarn.lock")


def bun(listed):
    """Bun's own list names packages alone; needs and marks of one project are those of pnpm."""
    folder = project("bun")
    program = TOOLS + "/node_modules/.bin/bun"
    run(program, "install", "--ignore-scripts", "--save-text-lockfile", cwd=folder)
    rows = run(program, "pm", "ls", "--all", cwd=folder)
    names = {tuple(row.split(" ")[-1].rsplit("@", 1)) for row in rows.splitlines()[1:]}
    names = {("ms" if name == "old-ms" else name, version) for name, version in names if name != "inner"}
    if not names <= set(listed.packages):
        raise SystemExit(f"Bun lists others: {names ^ set(listed.packages)}")
    listed.save("bun-lock", "bun1", folder + "/bun.lock")


if __name__ == "__main__":
    for number in (5, 7, 8, 9, 10):
        last = pnpm(number)
    yarn1()
    berry()
    bun(last)
