"""Lockfiles of real packages at the versions where verdicts change: those that the advisories themselves name.

Made from a folder of advisories in the layout of the OSV export; each ecosystem gets several projects, because a
lockfile holds one version of a package."""

import json
import os
import random
import zipfile

PROJECTS = 5
KEYS = ("introduced", "fixed", "last_affected")


def bounds(archive, ecosystem):
    """Package → versions that bound ranges, and of listed ones the first, the last and one between."""
    versions = {}
    with zipfile.ZipFile(archive) as members:
        records = [json.loads(members.read(name)) for name in members.namelist()]
    for affected in (entry for record in records for entry in record.get("affected", [])):
        if affected["package"]["ecosystem"] != ecosystem:
            continue
        known = versions.setdefault(affected["package"]["name"], set())
        listed = affected.get("versions", [])
        known.update(listed[i] for i in {0, len(listed) // 2, len(listed) - 1} if listed)
        for span in affected.get("ranges", []):
            if span["type"] != "GIT":
                known.update(v for event in span["events"] for k, v in event.items() if k in KEYS and v != "0")
    return versions


def npm_lock(pairs):
    packages = {"node_modules/" + name: {"version": version} for name, version in pairs}
    return json.dumps({"name": "x", "version": "1.0.0", "lockfileVersion": 3,
                       "packages": {"": {"name": "x", "version": "1.0.0"}, **packages}})


def requirements(pairs):
    return "".join("%s==%s\n" % pair for pair in pairs)


def cargo_lock(pairs):
    stanza = '[[package]]\nname = "%s"\nversion = "%s"\nsource = "registry+https://registry.example/index"\n\n'
    return "version = 3\n\n" + "".join(stanza % pair for pair in pairs)


def go_mod(pairs):
    """Without the toolchain, which is no module: a module's path begins with a host."""
    rows = "".join("\t%s v%s\n" % pair for pair in pairs if "." in pair[0].split("/")[0])
    return "module example.test/x\n\ngo 1.21\n\nrequire (\n%s)\n" % rows


FORMS = {"npm": ("package-lock.json", npm_lock), "PyPI": ("requirements.txt", requirements),
         "crates.io": ("Cargo.lock", cargo_lock), "Go": ("go.mod", go_mod)}


def make(folder, advisories):
    """Writes FOLDER/<Ecosystem>-<n>/<lockfile>; the same advisories give the same files."""
    for ecosystem, (name, write) in FORMS.items():
        versions, choice = bounds(os.path.join(advisories, ecosystem, "all.zip"), ecosystem), random.Random(1)
        projects = [[] for _ in range(PROJECTS)]
        for package in sorted(versions):
            known = sorted(versions[package])
            choice.shuffle(known)
            for project, version in zip(projects, known):
                project.append((package, version))
        for i, project in enumerate(projects):
            os.makedirs(os.path.join(folder, "%s-%d" % (ecosystem, i)), exist_ok=True)
            with open(os.path.join(folder, "%s-%d" % (ecosystem, i), name), "w", encoding="utf-8") as file:
                file.write(write(project))
    return folder
