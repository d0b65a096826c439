"""Bills of materials: a scan of ours finds what the scan of its image finds, ours keep to the published schemas
(CycloneDX's by npm, SPDX's own validator by pip), and those of another's form are read from standard input."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import images
from images import Layout, Scanner, Skip, lock, need, run, same, tar

STATUS = """Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.0.11-1~deb12u2
Depends: libc6 (>= 2.34), debconf (>= 0.5) | debconf-2.0

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+deb12u4

"""
OS = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
CARGO = 'version = 3\n\n[[package]]\nname = "smallvec"\nversion = "0.6.9"\n' \
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.scanner = Scanner(sys.argv[1], self.folder)
        layout = Layout(self.folder / "layout")
        layout.tag(layout.image([
            (tar(("etc/",), ("etc/os-release", OS), ("var/lib/dpkg/status", STATUS)), "ADD rootfs.tar /"),
            (tar(("app/package-lock.json", lock(("lodash", "4.17.20"), ("@angular/core", "1.0.0")))), "COPY . /app"),
            (tar(("srv/Cargo.lock", CARGO)), "COPY Cargo.lock /srv"),
        ]), "web")
        self.target = "oci-dir:%s" % layout.path

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def bill(self, kind):
        path = self.folder / ("bill.%s.json" % kind)
        if not path.exists():
            path.write_bytes(run(self.scanner.program, "sbom", "--no-cache", "-q", "-f", kind, self.target))
        return path


def found(report):
    """What a bill can know: not how the image is set up."""
    findings = [{k: v for k, v in f.items() if k not in ("group", "is_repeat")} for f in report["findings"]
                if f["kind"] == "vulnerability"]
    return {"findings": findings, "target": {k: v for k, v in report["target"].items()},
            **{k: report[k] for k in ("packages", "layers")}}


def a_bill_gives_what_its_image_gives(world):
    expected = found(world.scanner.report(world.target))
    assert len(expected["findings"]) > 3, "the image has no findings to speak of"
    for kind in "cyclonedx", "spdx":
        same(found(world.scanner.report("sbom:%s" % world.bill(kind))), expected, kind)


def a_bill_of_a_bill_is_the_same(world):
    once = json.loads(world.bill("cyclonedx").read_text())
    again = json.loads(run(world.scanner.program, "sbom", "-q", "sbom:%s" % world.bill("spdx")))
    same(again["components"], once["components"])
    same(again["dependencies"], once["dependencies"])


def standard_input_is_read(world):
    done = subprocess.run([world.scanner.program, "scan", "-f", "json", "sbom:-"], capture_output=True,
                          stdin=open(world.bill("cyclonedx")))
    same(done.returncode, 0, done.stderr)
    same(found(json.loads(done.stdout))["packages"], found(world.scanner.report(world.target))["packages"])


def cyclonedx_keeps_to_its_schema(world):
    need("npm")
    try:
        from jsonschema import Draft7Validator, RefResolver
    except ImportError:
        raise Skip("not installed: python3-jsonschema")
    folder = world.folder / "schema"
    folder.mkdir()
    done = subprocess.run(["npm", "pack", "--silent", "@cyclonedx/cyclonedx-library@10.3.0"], cwd=folder,
                          capture_output=True, text=True)
    if done.returncode:
        raise Skip("npm's registry has no schema for us: " + done.stderr.strip()[:200])
    run("tar", "xzf", folder / done.stdout.strip().split("\n")[-1], "-C", folder)
    schemas = {}
    for path in (folder / "package/res/schema").glob("*.schema.json"):
        schema = json.loads(path.read_text())
        schemas[schema.get("$id", path.name)] = schemas["http://cyclonedx.org/schema/" + path.name] = schema
    schema = schemas["http://cyclonedx.org/schema/bom-1.6.SNAPSHOT.schema.json"]
    validator = Draft7Validator(schema, resolver=RefResolver.from_schema(schema, store=schemas))
    bill = json.loads(world.bill("cyclonedx").read_text())
    same([error.message for error in validator.iter_errors(bill)], [])
    bill["components"][0]["type"] = "nothing"
    assert list(validator.iter_errors(bill)), "the schema would allow anything"


def spdx_keeps_to_its_specification(world):
    environment = world.folder / "venv"
    run(sys.executable, "-m", "venv", environment)
    done = subprocess.run([environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "spdx-tools==0.8.3"],
                          capture_output=True, text=True)
    if done.returncode:
        raise Skip("no spdx-tools for us: " + done.stderr.strip()[-200:])
    run(environment / "bin/pyspdxtools", "-i", world.bill("spdx"))


def what_is_no_bill_is_refused(world):
    path = world.folder / "not.json"
    path.write_text('{"a": 1}')
    world.scanner.refuses("sbom:%s" % path, says=["not.json", "CycloneDX"])
    path.write_text('{"bomFormat": "CycloneDX",\n "components": [')
    world.scanner.refuses("sbom:%s" % path, says=["line 2"])
    path.write_text("[" * 100000)
    world.scanner.refuses("sbom:%s" % path, says=["nested"])


TESTS = [a_bill_gives_what_its_image_gives, a_bill_of_a_bill_is_the_same, standard_input_is_read,
         cyclonedx_keeps_to_its_schema, spdx_keeps_to_its_specification, what_is_no_bill_is_refused]

if __name__ == "__main__":
    images.main(TESTS, World())
