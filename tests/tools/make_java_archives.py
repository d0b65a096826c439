#!/usr/bin/env python3
"""Writes the inputs of tests/cases/inspect/java-archive with Python's zipfile: DIR/<case>/input."""
import io
import pathlib
import struct
import sys
import zipfile


def archive(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = method
            made.writestr(info, content)
    return out.getvalue()


def pom(group, artifact, version):
    return (f"META-INF/maven/{group}/{artifact}/pom.properties",
            f"#Generated\n#Mon Jan 01\nversion={version}\ngroupId={group}\nartifactId={artifact}\n")


def manifest(*lines):
    return ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n" + "\r\n".join(lines) + "\r\n\r\nName: a/\r\nSealed: no\r\n")


def deep(levels):
    inner = archive([pom("org.x", "bottom", "1")])
    for _ in range(levels):
        inner = archive([("n.jar", inner)])
    return inner


def lying():
    whole = bytearray(archive([("lib/a.jar", archive([pom("g.g", "a", "1.0")]) * 3), pom("g.g", "outer", "2.0")]))
    at = whole.index(b"PK\x01\x02")
    whole[at + 24:at + 28] = struct.pack("<I", 100)
    return bytes(whole)


def overlapping():
    whole = bytearray(archive([(f"{i}.jar", b"x" * 90) for i in range(6)], zipfile.ZIP_STORED))
    at = 0
    while (at := whole.find(b"PK\x01\x02", at)) >= 0:
        whole[at + 20:at + 28] = struct.pack("<II", 400, 400)
        at += 4
    return bytes(whole)


def bomb():
    """One member that says to be 3 GiB."""
    whole = bytearray(archive([("lib/big.jar", b"\0" * 5000)]))
    at = whole.index(b"PK\x01\x02")
    whole[at + 24:at + 28] = struct.pack("<I", 3 << 30)
    return bytes(whole)


inner_boot = archive([pom("com.example", "inner", "2.1")])
CASES = {
    "own": archive([manifest(), pom("org.example", "thing", "1.2.3")]),
    "war": archive([
        manifest(), pom("com.example", "shop", "1.0"),
        ("WEB-INF/lib/inner-2.1.jar", inner_boot),
        ("WEB-INF/lib/deeper-1.0.ear", archive([("lib/spring-core-5.3.20.jar", archive([manifest("Implementation-Title: spring-core", "Implementation-Version: 5.3.20")]))])),
        ("WEB-INF/lib/readme.txt", "no archive"),
    ]),
    "stored": archive([pom("com.example", "app", "3"), ("BOOT-INF/lib/inner-2.1.jar", inner_boot)], zipfile.ZIP_STORED),
    "shaded": archive([pom("org.example", "fat", "4.0"), pom("com.google.guava", "guava", "31.1-jre"),
                       pom("commons-io", "commons-io", "2.11.0")]),
    "only-shaded": archive([manifest("Implementation-Title: fat", "Implementation-Version: 4.0"),
                            pom("com.google.guava", "guava", "31.1-jre"), pom("commons-io", "commons-io", "2.11.0")]),
    "file-name": archive([("a/B.class", "")]),
    "bundle": archive([manifest("Bundle-SymbolicName: com.fasterxml.jackson.core.jackson-data", " bind;singleton:=true",
                                "Bundle-Version: 2.9.8")]),
    "moved-groups": archive([(f"lib/{name}.jar", archive([("a/B.class", "")])) for name in (
        "asm-3.3.1", "asm-9.3", "rxjava-1.3.8", "rxjava-2.2.21", "rxjava-3.1.5", "hibernate-core-6.1.0.Final")]),
    "plugin": archive([manifest("Group-Id: org.jenkins-ci.plugins", "Extension-Name: git", "Plugin-Version: 4.11.0 (private-1)")]),
    "renamed": archive([manifest(), pom("com.example", "app", "3.1")]),
    "unfilled": archive([manifest("Implementation-Version: build 7"), pom("${project.groupId}", "x", "1")]),
    "deep": deep(200),
    "lying": lying(),
    "overlapping": overlapping(),
    "bomb": bomb(),
    "damaged-inner": archive([pom("g.g", "outer", "2.0"), ("lib/a-1.jar", "this is no archive"), ("lib/b.jar", inner_boot)]),
    "no-archive": b"<html>404 not found</html>",
    "start-script": b"#!/bin/bash\nexec java -jar $0\n" + archive([pom("com.example", "app", "3")]),
}
PATHS = {
    "own": "opt/thing-1.2.3.jar", "war": "srv/shop.war", "stored": "app.jar", "shaded": "fat-4.0.jar", "only-shaded": "fat-4.0.jar",
    "file-name": "lib/log4j-1.2-api-2.17.1.jar", "bundle": "jackson-databind.jar", "plugin": "git.jpi", "moved-groups": "a.ear",
    "renamed": "opt/service.jar", "unfilled": "x.jar",
}

root = pathlib.Path(sys.argv[1])
for name, content in CASES.items():
    (root / name).mkdir(parents=True, exist_ok=True)
    (root / name / "input").write_bytes(content)
    (root / name / "path").write_text(PATHS.get(name, "a/b.jar") + "\n")
