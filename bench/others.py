"""Other scanners beside this one: their time, memory, and the packages that only one of them lists.

They are looked for in the folder that is given and in PATH; one that is missing is left out and that is said.
Packages are compared by package URL without qualifiers. Without a network the others have no advisories of
their own; OSV-Scanner takes a folder of them, so its findings are compared too when PLIMSOLL_SHARED names one."""

import json
import os
import shutil
import urllib.parse

import images
import measure

MB = 1e6
SHOWN = 12


def plain_purl(purl):
    """type/name@version: without namespace and qualifiers, which each program writes in its own way."""
    purl = urllib.parse.unquote(purl.split("?")[0].split("#")[0].removeprefix("pkg:"))
    kind, _, rest = purl.partition("/")
    path, _, version = rest.rpartition("@")
    if not path:
        path, version = rest, ""
    name = path if kind in ("golang", "npm") else path.rsplit("/", 1)[-1]
    return "%s/%s@%s" % (kind, name.lower(), version)


def purls_of(items):
    return {plain_purl(item["purl"]) for item in items if item.get("purl")}


def read_plimsoll(text):
    report = json.loads(text)
    return purls_of(report["packages"]), {finding["rule"] for finding in report["findings"] if "rule" in finding}


def read_syft(text):
    return purls_of(json.loads(text)["artifacts"]), None


def read_cyclonedx(text):
    return purls_of(json.loads(text).get("components", [])), None


KINDS = {"Debian": "deb", "npm": "npm", "PyPI": "pypi", "Go": "golang", "crates.io": "cargo"}


def read_osv(text):
    packages, findings = set(), set()
    for result in json.loads(text).get("results", []):
        for entry in result.get("packages", []):
            package = entry["package"]
            kind = KINDS.get(package["ecosystem"].split(":")[0], package["ecosystem"])
            packages.add("%s/%s@%s" % (kind, package["name"].lower(), package["version"]))
            for group in entry.get("groups", []):
                findings |= set(group.get("aliases") or group["ids"])
    return packages, findings


def osv_database(work):
    """OSV-Scanner wants the layout that the OSV project exports, below a folder of its own name."""
    source = os.path.join(os.environ.get("PLIMSOLL_SHARED", ""), "osv")
    folder = os.path.join(work, "osv-scanner-db")
    if os.path.isdir(source):
        os.makedirs(folder, exist_ok=True)
        if not os.path.lexists(os.path.join(folder, "osv-scanner")):
            os.symlink(source, os.path.join(folder, "osv-scanner"))
    return folder


def archive_of(work, image):
    archive = image + ".tar"
    if not os.path.exists(archive):
        shutil.make_archive(image, "tar", image)
    return archive


def commands(bench, image):
    work = bench.work
    quiet = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false", GRYPE_CHECK_FOR_APP_UPDATE="false",
                 GRYPE_DB_AUTO_UPDATE="false", OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY=osv_database(work))
    return {
        "syft": (["scan", "oci-dir:" + image, "-o", "json", "-q"], quiet, read_syft),
        "trivy": (["image", "--input", image, "--format", "cyclonedx", "--offline-scan", "--quiet", "--cache-dir",
                   os.path.join(work, "trivy-cache")], quiet, read_cyclonedx),
        "osv-scanner": (["scan", "image", "--archive", archive_of(work, image), "--offline-vulnerabilities",
                         "--all-packages", "--format", "json"], quiet, read_osv),
    }


def tell_difference(bench, name, what, ours, theirs):
    for title, items in (("only plimsoll", ours - theirs), ("only " + name, theirs - ours)):
        shown = ", ".join(sorted(items)[:SHOWN])
        bench.notes.append("%s, %s: %d of %d%s" % (what, title, len(items), len(ours | theirs),
                                                   ": " + shown + (", …" if len(items) > SHOWN else "")
                                                   if items else ""))


def compare_one(bench, name, command, env, read, ours):
    try:
        timing, text = measure.run(command, env)
        packages, findings = read(text)
    except (OSError, ValueError, KeyError) as error:
        bench.notes.append("%s is left out: %s" % (name, error))
        return
    bench.row(name, timing.wall, "s", cpu=timing.cpu)
    bench.row(name + ": peak memory", measure.peak_bytes(command, env) / MB, "MB")
    tell_difference(bench, name, "packages", ours[0], packages)
    if findings is not None:
        tell_difference(bench, name, "findings", ours[1], findings)


def compare(bench):
    image, _ = images.make_debian(bench.work)
    command = bench.scan(image, "--no-cache", "--format", "json")
    command.remove("--quiet")
    timing, text = measure.run(command, bench.env)
    ours = read_plimsoll(text)
    bench.row("plimsoll, the same image", timing.wall, "s", cpu=timing.cpu)
    bench.row("plimsoll: peak memory", measure.peak_bytes(command, bench.env) / MB, "MB")
    path = os.pathsep.join(filter(None, [bench.options.tools, os.environ.get("PATH")]))
    for name, (arguments, env, read) in commands(bench, image).items():
        program = shutil.which(name, path=path)
        if program:
            compare_one(bench, name, [program] + arguments, env, read, ours)
        else:
            bench.notes.append("%s is left out: it is not in PATH nor in --tools" % name)
