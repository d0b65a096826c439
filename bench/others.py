"""Other scanners beside this one: their time, memory, and the packages that only one of them lists.

They are looked for in the folder that is given and in PATH; one that is missing is left out and that is said.
Packages are compared by package URL without qualifiers. Without a network the others have no advisories of
their own; OSV-Scanner takes a folder of them, so its findings are compared too, of the image and of lockfiles,
where there is one: PLIMSOLL_SHARED/osv, with that folder beside the project as the default. Findings are
compared for packages that both list and no other owns, and are the same when they share an id. bench/get-others
builds them."""

import json
import os
import shutil
import urllib.parse

import images
import lockfiles
import measure

MB = 1e6
SHOWN = 12


def plain_purl(purl):
    """type/name@version: without namespace and qualifiers, which each program writes in its own way. Some write
    Debian's epoch as a qualifier."""
    path, _, query = purl.split("#")[0].removeprefix("pkg:").partition("?")
    kind, _, rest = urllib.parse.unquote(path).partition("/")
    path, _, version = rest.rpartition("@")
    if not path:
        path, version = rest, ""
    epoch = urllib.parse.parse_qs(query).get("epoch", ["0"])[0]
    if kind == "deb" and epoch != "0" and ":" not in version:
        version = epoch + ":" + version
    return plain_name(kind, path if kind in ("golang", "npm") else path.rsplit("/", 1)[-1], version)


def plain_name(kind, name, version):
    name = name.lower()
    if kind == "pypi":
        name = name.replace("_", "-").replace(".", "-")
    if kind == "golang":
        version = version.removeprefix("go").removeprefix("v")
    return "%s/%s@%s" % (kind, name, version)


def purls_of(items):
    return {plain_purl(item["purl"]) for item in items if item.get("purl")}


def read_plimsoll(text):
    report = json.loads(text)
    findings = [(plain_purl(finding["purl"]), {finding["rule"], *finding["aliases"]})
                for finding in report["findings"] if finding.get("purl")]
    return purls_of(report["packages"]), findings, purls_of(p for p in report["packages"] if p["owner"])


def read_syft(text):
    return purls_of(json.loads(text)["artifacts"]), None


def read_cyclonedx(text):
    return purls_of(json.loads(text).get("components", [])), None


KINDS = {"Debian": "deb", "npm": "npm", "PyPI": "pypi", "Go": "golang", "crates.io": "cargo"}


def read_osv(text):
    packages, findings = set(), []
    for result in json.loads(text).get("results") or []:
        for entry in result.get("packages", []):
            package = entry["package"]
            kind = KINDS.get(package["ecosystem"].split(":")[0], package["ecosystem"])
            # Of a distribution's package `name` is the source.
            name = plain_name(kind, package.get("os_package_name") or package["name"], package.get("version", ""))
            packages.add(name)
            findings += [(name, {*group["ids"], *(group.get("aliases") or [])}) for group in entry.get("groups", [])]
    return packages, findings


def osv_database(work):
    """OSV-Scanner wants the layout that the OSV project exports, below a folder of its own name, which has
    changed; None without advisories."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shared")
    source = os.path.realpath(os.path.join(os.environ.get("PLIMSOLL_SHARED") or beside, "osv"))
    folder = os.path.join(work, "osv-scanner-db")
    os.makedirs(folder, exist_ok=True)
    for name in ("osv-scanner", "osv-scalibr"):
        link = os.path.join(folder, name)
        if os.path.isdir(source) and not os.path.lexists(link):
            os.symlink(source, link)
    return folder if os.path.isdir(source) else None


def archive_of(work, image):
    archive = image + ".tar"
    if not os.path.exists(archive):
        shutil.make_archive(image, "tar", image)
    return archive


def commands(bench, image):
    """Name → arguments, environment and reader of what is printed."""
    work = bench.work
    quiet = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false")
    result = {
        "syft": (["scan", "oci-dir:" + image, "-o", "json", "-q"], quiet, read_syft),
        "trivy": (["image", "--input", image, "--format", "cyclonedx", "--offline-scan", "--quiet", "--cache-dir",
                   os.path.join(work, "trivy-cache")], quiet, read_cyclonedx),
    }
    bench.notes.append("grype is left out: its packages are syft's, and its advisories a database of its own")
    if bench.advisories:
        result["osv-scanner"] = (["scan", "image", "--archive", "--all-packages", *OSV, archive_of(work, image)],
                                 osv_environment(bench), read_osv)
    else:
        bench.notes.append("osv-scanner is left out: there are no advisories for it")
    return result


OSV = ["--offline", "--format", "json"]


def osv_environment(bench):
    return dict(os.environ, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY=bench.advisories)


def tell(bench, what, title, items, total):
    shown = ", ".join(sorted(items)[:SHOWN])
    bench.notes.append("%s, %s: %d of %d%s" % (what, title, len(items), total,
                                               ": " + shown + (", …" if len(items) > SHOWN else "") if items else ""))


def missing(findings, others, packages):
    """Those findings of packages that both list which none of the others shares an id with."""
    known = {}
    for name, ids in others:
        known.setdefault(name, []).append(ids)
    return {"%s %s" % (name, min(ids)) for name, ids in findings
            if name in packages and not any(ids & other for other in known.get(name, []))}


def tell_difference(bench, name, what, ours, theirs):
    both = ours[0] | theirs[0]
    tell(bench, what + ", packages", "only plimsoll", ours[0] - theirs[0], len(both))
    tell(bench, what + ", packages", "only " + name, theirs[0] - ours[0], len(both))
    if theirs[1] is not None:
        # One that a distribution's package owns is judged with that package.
        common = (ours[0] & theirs[0]) - ours[2]
        tell(bench, what + ", findings", "only plimsoll", missing(ours[1], theirs[1], common), len(ours[1]))
        tell(bench, what + ", findings", "only " + name, missing(theirs[1], ours[1], common), len(theirs[1]))


def compare_one(bench, name, what, command, env, read, ours):
    try:
        timing, text = measure.run(command, env)
        theirs = read(text)
    except (OSError, ValueError, KeyError) as error:
        bench.notes.append("%s is left out: %s" % (name, error))
        return
    bench.row("%s: %s" % (what, name), timing.wall, "s", cpu=timing.cpu)
    bench.row("%s: %s: peak memory" % (what, name), measure.peak_bytes(command, env) / MB, "MB")
    tell_difference(bench, name, "%s, %s" % (what, name), ours, theirs)


def scan_ours(bench, what, target, *more):
    command = [bench.plimsoll, "scan", target, "--no-cache", "--format", "json", *more]
    timing, text = measure.run(command, bench.env)
    bench.row(what + ": plimsoll", timing.wall, "s", cpu=timing.cpu)
    bench.row(what + ": plimsoll: peak memory", measure.peak_bytes(command, bench.env) / MB, "MB")
    return read_plimsoll(text)


def find_program(bench, name):
    """None, and a note, when it is not there."""
    path = os.pathsep.join([bench.options.tools, os.environ.get("PATH", "")])
    program = shutil.which(name, path=path)
    if not program:
        bench.notes.append("%s is left out: it is not in PATH nor in --tools" % name)
    return program


def compare_lockfiles(bench):
    program = find_program(bench, "osv-scanner") if bench.advisories else None
    if program:
        folder = lockfiles.make(os.path.join(bench.work, "lockfiles"), os.path.join(bench.advisories, "osv-scanner"))
        command = [program, "scan", "source", "--no-resolve", "--all-packages", *OSV, "-r", folder]
        ours = scan_ours(bench, "lockfiles", "dir:" + folder)
        compare_one(bench, "osv-scanner", "lockfiles", command, osv_environment(bench), read_osv, ours)


def compare(bench):
    bench.advisories = osv_database(bench.work)
    image, _ = images.make_debian(bench.work)
    ours = scan_ours(bench, "image", "oci-dir:" + image)
    for name, (arguments, env, read) in commands(bench, image).items():
        program = find_program(bench, name)
        if program:
            compare_one(bench, name, "image", [program, *arguments], env, read, ours)
    compare_lockfiles(bench)
