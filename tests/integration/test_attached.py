#!/usr/bin/env python3
"""Bills of materials and VEX that are attached to images: in OCI layouts, in Debian's docker-registry (which has no
referrers API: the tag scheme), and in a server here that has it, also one that lies.

    test_attached.py PLIMSOLL [TEST…]

Prints TAP. Attached documents are put together here by the distribution specification 1.1, the in-toto and DSSE
specifications, cosign's tags and BuildKit's attestation storage.
"""

import base64
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request

from hostile import Server
from images import CONFIG, INDEX, LAYER, MANIFEST, Layout, Scanner, lock, main, names, same, tar
from test_registry import OPENER, Registry

EMPTY = "application/vnd.oci.empty.v1+json"
DSSE, IN_TOTO = "application/vnd.dsse.envelope.v1+json", "application/vnd.in-toto+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
CDX, SPDX = "application/vnd.cyclonedx+json", "application/spdx+json"
BUILDKIT = {"vnd.docker.reference.type": "attestation-manifest"}
LODASH, JQUERY = "CVE-2021-23337", "CVE-2020-11023"


def text(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def described(content, media_type, **more):
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content), **more}


def cyclonedx(*packages, tool="maker", **more):
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"timestamp": "2026-01-01T00:00:00Z", "tools": {"components": [
                {"type": "application", "name": tool, "version": "2.0"}]}},
            "components": [{"type": "library", "name": n, "version": v, "bom-ref": "pkg:npm/%s@%s" % (n, v),
                            "purl": "pkg:npm/%s@%s" % (n, v)} for n, v in packages], **more}


def spdx(*packages):
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "web",
            "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: lister-1.0"]},
            "packages": [{"name": n, "SPDXID": "SPDXRef-%d" % i, "versionInfo": v, "downloadLocation": "NONE",
                          "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                            "referenceLocator": "pkg:npm/%s@%s" % (n, v)}]}
                         for i, (n, v) in enumerate(packages)]}


def analysis(vulnerability, ref, state="not_affected"):
    return {"id": vulnerability, "affects": [{"ref": ref}],
            "analysis": {"state": state, "justification": "code_not_reachable", "detail": "never called"}}


def openvex(vulnerability, *products, status="not_affected", author="Vera"):
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": author,
            "timestamp": "2026-01-01T00:00:00Z", "version": 1,
            "statements": [{"vulnerability": {"name": vulnerability}, "status": status,
                            "products": [{"@id": product} for product in products],
                            "justification": "vulnerable_code_not_in_execute_path"}]}


def statement(subject, predicate, predicate_type="https://cyclonedx.org/bom"):
    return {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": predicate_type,
            "subject": [{"name": "web", "digest": {"sha256": subject[7:]}}], "predicate": predicate}


def envelope(payload):
    return {"payloadType": IN_TOTO, "payload": base64.b64encode(text(payload)).decode(),
            "signatures": [{"keyid": "", "sig": "AAAA"}]}


def artifact(blob, artifact_type, subject=None, **layer):
    """A manifest of one document."""
    return {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": artifact_type,
            "config": described(b"{}", EMPTY), "layers": [described(blob, layer.pop("media_type", artifact_type), **layer)],
            **({"subject": subject} if subject else {})}


def tag_of(digest, ending=""):
    return digest.replace(":", "-") + ending


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-attached-test-"))
        self.scanner = Scanner(sys.argv[1], self.folder)
        self.closing, self.debian, self.count = [], None, 0

    def close(self):
        for thing in self.closing:
            thing.close()
        shutil.rmtree(self.folder)

    def layout(self):
        self.count += 1
        return Laid(self.folder / ("layout%d" % self.count))

    def registry(self):
        """A repository of its own in Debian's registry."""
        if not self.debian:
            self.debian = Registry(self.folder)
            self.closing.append(self.debian)
        self.count += 1
        return Repository(self.debian.host, "shop/web%d" % self.count)

    def server(self, **behaviour):
        server = Modern(**behaviour)
        self.closing.append(server.server)
        return server

    def write(self, name, value):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text(value))
        return path

    def run(self, target, *options, code=0):
        done = self.scanner.run(target, *options)
        same(done.returncode, code, "%s: %s" % (target, done.stderr))
        return json.loads(done.stdout)

    def found(self, target, *options, code=0):
        """Packages, and the document they are from."""
        report = self.run(target, *options, code=code)
        used = [d for d in report["run"]["documents"] if d["is_bill"]]
        same(len(used), 1, report["run"]["documents"])
        return names(report), used[0], report


def image(*packages):
    """Blobs and manifest of an image with a lockfile."""
    layer = tar(("srv/app/package-lock.json", lock(*packages or (("jquery", "3.4.1"), ("lodash", "4.17.20")))))
    config = text({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}})
    manifest = text({"schemaVersion": 2, "mediaType": MANIFEST, "config": described(config, CONFIG),
                     "layers": [described(layer, LAYER)]})
    return [layer, config, b"{}"], manifest


class Holder:
    """What layouts and registries have in common: put_blob(bytes), put_manifest(bytes, media type, tag or None)."""

    def put_image(self, tag="one", *packages):
        blobs, manifest = image(*packages)
        for blob in blobs:
            self.put_blob(blob)
        self.put_manifest(manifest, MANIFEST, tag)
        return described(manifest, MANIFEST)

    def put_artifact(self, document, artifact_type, subject=None, tag=None, **layer):
        blob = text(document)
        self.put_blob(blob)
        manifest = text(artifact(blob, artifact_type, subject, **layer))
        self.put_manifest(manifest, MANIFEST, tag)
        return described(manifest, MANIFEST, artifactType=artifact_type)

    def put_index(self, *entries, tag):
        index = text({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
        self.put_manifest(index, INDEX, tag)
        return described(index, INDEX)


class Laid(Holder):
    def __init__(self, path):
        self.layout = Layout(path)
        self.target = "oci-dir:%s:one" % path

    def put_blob(self, content):
        self.layout.blob(content, "")

    def put_manifest(self, content, media_type, tag):
        self.layout.blob(content, media_type)
        if tag:
            self.layout.tag(described(content, media_type), tag)
        elif "subject" in json.loads(content):  # as `oras cp --to-oci-layout` lists referrers
            self.layout.entries.append(described(content, media_type))
            (self.layout.path / "index.json").write_text(
                json.dumps({"schemaVersion": 2, "manifests": self.layout.entries}))

    def as_archive(self):
        path = self.layout.path.with_suffix(".tar")
        with tarfile.open(path, "w") as archive:
            archive.add(self.layout.path, ".")
        return "oci-archive:%s:one" % path


class Repository(Holder):
    def __init__(self, host, name):
        self.host, self.name = host, name
        self.target = "image:%s/%s:one" % (host, name)

    def ask(self, method, path, body, media_type="application/octet-stream"):
        url = path if path.startswith("http") else "http://%s/v2/%s/%s" % (self.host, self.name, path)
        request = urllib.request.Request(url, body, {"Content-Type": media_type}, method=method)
        with OPENER.open(request) as answer:
            answer.read()
            return answer.headers

    def put_blob(self, content):
        place = self.ask("POST", "blobs/uploads/", b"")["Location"]
        place += ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": digest_of(content)})
        self.ask("PUT", place, content)

    def put_manifest(self, content, media_type, tag):
        self.ask("PUT", "manifests/" + (tag or digest_of(content)), content, media_type)


class Modern(Holder):
    """A registry with the referrers API: pages of `page` entries, and whatever else a test changes."""

    def __init__(self, page=100):
        self.server, self.page = Server(), page
        self.target = "image:%s/shop/web:one" % self.server.host
        self.listed = {}

    def put(self, folder, name, content, media_type):
        self.server.routes["/v2/shop/web/%s/%s" % (folder, name)] = \
            lambda handler: handler.answer(200, content, Content_Type=media_type)

    def put_blob(self, content):
        self.put("blobs", digest_of(content), content, "application/octet-stream")

    def put_manifest(self, content, media_type, tag):
        digest, document = digest_of(content), json.loads(content)
        for name in [digest] + ([tag] if tag else []):
            self.put("manifests", name, content, media_type)
        subject = document.get("subject", {}).get("digest")
        if subject:
            entry = described(content, media_type, artifactType=document.get("artifactType"))
            self.listed.setdefault(subject, []).append(entry)
            self.server.routes["/v2/shop/web/referrers/" + subject] = self.list

    def list(self, handler):
        path, _, query = handler.path.partition("?")
        wanted = urllib.parse.parse_qs(query)
        at = int(wanted.get("last", ["0"])[0])
        listed = self.listed[path.rsplit("/", 1)[1]]
        headers = {"Content_Type": INDEX}
        if "artifactType" in wanted:
            listed = [entry for entry in listed if entry["artifactType"] in wanted["artifactType"]]
            headers["OCI_Filters_Applied"] = "artifactType"
        if at + self.page < len(listed):
            headers["Link"] = '<%s?last=%d>; rel="next"' % (path, at + self.page)
        handler.answer(200, text({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed[at:at + self.page]}),
                       **headers)


def documents(report):
    return [(d["format"], d["producer"], d["signature"], d["found"].split(" ")[0], d["is_bill"], d["is_vex"])
            for d in report["run"]["documents"]]


def statuses(report):
    return {f["rule"]: f["status"] for f in report["findings"] if f["kind"] == "vulnerability"}


# ---- bills of materials

BILL = cyclonedx(("lodash", "4.17.20"))


def check_bill(world, holder, found, signature="none", target=None, producer="maker 2.0", **more):
    packages, document, report = world.found("sbom:" + (target or holder.target), **more)
    same(packages, ["lodash 4.17.20"])
    same((document["format"], document["producer"], document["signature"]), ("CycloneDX", producer, signature))
    same(document["found"].split(" ")[0], found)
    assert re.fullmatch("sha256:[0-9a-f]{64}", document["digest"]), document
    same(statuses(report).get(LODASH), "open")
    return report


def a_referrer_of_a_layout(world):
    laid = world.layout()
    subject = laid.put_image()
    laid.put_artifact(BILL, CDX, subject)
    report = check_bill(world, laid, "referrer")
    same(report["target"]["kind"], "image")
    check_bill(world, laid, "referrer", target=laid.as_archive())
    same(world.run(laid.target)["run"]["documents"], [])


def the_tag_scheme_of_a_layout(world):
    laid = world.layout()
    subject = laid.put_image()
    blob = text(BILL)
    laid.put_blob(blob)
    manifest = text(artifact(blob, CDX, subject))
    laid.layout.blob(manifest, MANIFEST)
    laid.put_index(described(manifest, MANIFEST, artifactType=CDX), tag=tag_of(subject["digest"]))
    check_bill(world, laid, "referrer")


def cosigns_attestation_in_a_layout(world):
    laid = world.layout()
    subject = laid.put_image()
    laid.put_artifact(envelope(statement(subject["digest"], BILL)), DSSE, tag=tag_of(subject["digest"], ".att"))
    check_bill(world, laid, "tag", "not_verified")


def buildkits_attestation(world):
    for holder in world.layout(), world.registry():
        subject = holder.put_image(None)
        provenance = text(statement(subject["digest"], {}, "https://slsa.dev/provenance/v0.2"))
        bill = text(statement(subject["digest"], spdx(("lodash", "4.17.20")), "https://spdx.dev/Document"))
        config = text({"architecture": "unknown", "os": "unknown", "rootfs": {"type": "layers", "diff_ids": []}})
        for blob in provenance, bill, config:
            holder.put_blob(blob)
        manifest = text({"schemaVersion": 2, "mediaType": MANIFEST, "config": described(config, CONFIG), "layers": [
            described(bill, IN_TOTO, annotations={"in-toto.io/predicate-type": "https://spdx.dev/Document"}),
            described(provenance, IN_TOTO, annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"})]})
        holder.put_manifest(manifest, MANIFEST, None)
        holder.put_index({**subject, "platform": {"os": "linux", "architecture": "amd64"}},
                         {**described(manifest, MANIFEST), "platform": {"os": "unknown", "architecture": "unknown"},
                          "annotations": {**BUILDKIT, "vnd.docker.reference.digest": subject["digest"]}}, tag="one")
        packages, document, _ = world.found("sbom:" + holder.target)
        same(packages, ["lodash 4.17.20"])
        same((document["format"], document["producer"], document["signature"]), ("SPDX", "lister-1.0", "none"))
        same(document["found"].startswith("attestation manifest "), True)


def the_tag_scheme_of_a_registry(world):
    repository = world.registry()
    subject = repository.put_image()
    referrer = repository.put_artifact(BILL, CDX, subject)
    repository.put_index(referrer, tag=tag_of(subject["digest"]))
    check_bill(world, repository, "referrer")


def cosigns_tags_of_a_registry(world):
    repository = world.registry()
    subject = repository.put_image()
    repository.put_artifact(envelope(statement(subject["digest"], BILL)), DSSE, tag=tag_of(subject["digest"], ".att"),
                            annotations={"predicateType": "https://cyclonedx.org/bom"})
    check_bill(world, repository, "tag", "not_verified")
    repository = world.registry()
    subject = repository.put_image()
    repository.put_artifact(BILL, CDX, tag=tag_of(subject["digest"], ".sbom"))
    check_bill(world, repository, "tag")


def the_interface_of_a_registry(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(BILL, CDX, subject)
    check_bill(world, server, "referrer")
    asked = [path for path, _, _ in server.server.log if "/referrers/" in path]
    same(asked, ["/v2/shop/web/referrers/" + subject["digest"]])


def a_sigstore_bundle(world):
    server = world.server()
    subject = server.put_image()
    bundle = {"mediaType": BUNDLE, "verificationMaterial": {},
              "dsseEnvelope": envelope(statement(subject["digest"], BILL))}
    server.put_artifact(bundle, BUNDLE, subject)
    check_bill(world, server, "referrer", "not_verified")


def pages_are_followed(world):
    server = world.server(page=1)
    subject = server.put_image()
    for number in range(5):
        server.put_artifact({"note": number}, "application/json", subject)
    server.put_artifact(BILL, CDX, subject)
    check_bill(world, server, "referrer")
    same(len([path for path in server.server.paths() if "/referrers/" in path]), 6)


def the_best_bill_is_used(world):
    server = world.server()
    subject = server.put_image(None)
    index = server.put_index({**subject, "platform": {"os": "linux", "architecture": "amd64"}}, tag="one")
    server.put_artifact(cyclonedx(("left-pad", "1.0.0")), CDX, index)
    server.put_artifact(spdx(("left-pad", "1.0.0")), SPDX, subject)
    server.put_artifact(BILL, CDX, subject)
    report = check_bill(world, server, "referrer")
    same(sorted(d["is_bill"] for d in report["run"]["documents"]), [False, False, True])


def no_bill_is_said(world):
    laid = world.layout()
    laid.put_image()
    world.scanner.refuses("sbom:" + laid.target, says=["no bill of materials is attached", "0 documents"])
    world.scanner.refuses("sbom:oci-dir:" + str(world.folder / "nowhere"), says=["there is no file or folder"])


# ---- what can't be right

def with_a_good_one(world, server, subject, says):
    """What is wrong is a problem, and what is right beside it is used."""
    server.put_artifact(BILL, CDX, subject)
    report = check_bill(world, server, "referrer", code=3)
    said = " ".join(problem["message"] for problem in report["problems"])
    assert says in said, "%r is not in %r" % (says, said)
    return report


def an_attestation_of_another_image(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(envelope(statement("sha256:" + 64 * "0", cyclonedx(("evil", "1.0.0")))), DSSE, subject)
    with_a_good_one(world, server, subject, "names another one")


def a_bill_in_spdx_3(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}, SPDX, subject)
    with_a_good_one(world, server, subject, "SPDX 3")


def a_referrer_of_another_image(world):
    server = world.server()
    subject = server.put_image()
    stray = server.put_artifact(cyclonedx(("evil", "1.0.0")), CDX, {**subject, "digest": "sha256:" + 64 * "0"})
    server.listed[subject["digest"]] = [stray]
    with_a_good_one(world, server, subject, "says itself that it belongs to")


def a_bill_that_speaks_of_another_image(world):
    repository = world.registry()
    subject = repository.put_image()
    bill = cyclonedx(("lodash", "4.17.20"))
    bill["metadata"]["component"] = {"type": "container", "name": "other", "version": "sha256:" + 64 * "1",
                                     "bom-ref": "x", "purl": "pkg:oci/other@sha256%3A" + 64 * "1"}
    repository.put_artifact(bill, CDX, tag=tag_of(subject["digest"], ".sbom"))
    report = check_bill(world, repository, "tag", code=3)
    assert "says that it is of sha256:1111" in report["problems"][0]["message"], report["problems"]


def changed_bytes(world):
    server = world.server()
    subject = server.put_image()
    bad = text(cyclonedx(("evil", "1.0.0")))
    server.put_artifact(bad, CDX, subject)
    server.put("blobs", digest_of(bad), bad.replace(b"evil", b"good"), "application/json")
    with_a_good_one(world, server, subject, "digest")


def a_document_that_is_too_large(world):
    server = world.server()
    subject = server.put_image()
    blob = b"{" + b" " * (65 << 20)
    server.put_artifact(blob, CDX, subject)
    with_a_good_one(world, server, subject, "67108864 allowed")


def a_document_that_is_cut(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(text(BILL)[:-5], CDX, subject)
    with_a_good_one(world, server, subject, "line 1")


def pages_in_a_circle(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(BILL, CDX, subject)
    path = "/v2/shop/web/referrers/" + subject["digest"]
    page = text({"schemaVersion": 2, "mediaType": INDEX, "manifests": server.listed[subject["digest"]]})
    server.server.routes[path] = lambda handler: handler.answer(
        200, page, Content_Type=INDEX, Link='<%s?last=1>; rel="next"' % path)
    report = check_bill(world, server, "referrer", code=3)
    assert "pages of referrers" in report["problems"][0]["message"], report["problems"]


def a_page_elsewhere(world):
    for elsewhere in "https://example.org/v2/shop/web/referrers/x?last=1", "/v2/other/referrers/x?last=1", "?":
        server = world.server()
        subject = server.put_image()
        server.server.routes["/v2/shop/web/referrers/" + subject["digest"]] = lambda handler: handler.answer(
            200, text({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}), Content_Type=INDEX,
            Link='<%s>; rel="next"' % elsewhere)
        world.scanner.refuses("sbom:" + server.target, says=["next page of referrers is said to be elsewhere"])


def a_list_without_end(world):
    server = world.server()
    subject = server.put_image()
    server.server.routes["/v2/shop/web/referrers/" + subject["digest"]] = lambda handler: handler.answer(
        200, b" " * (5 << 20), Content_Type=INDEX)
    world.scanner.refuses("sbom:" + server.target, says=["no bill of materials is attached", "4194304"])
    entries = [{"mediaType": MANIFEST, "digest": "sha256:%064x" % n, "size": 1} for n in range(300)]
    server.server.routes["/v2/shop/web/referrers/" + subject["digest"]] = lambda handler: handler.answer(
        200, text({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}), Content_Type=INDEX)
    world.scanner.refuses("sbom:" + server.target, says=["more than 256 referrers"])


def an_index_among_the_referrers(world):
    server = world.server()
    subject = server.put_image()
    loop = text({"schemaVersion": 2, "mediaType": INDEX, "subject": subject, "manifests": [subject]})
    server.put_manifest(loop, INDEX, None)
    with_a_good_one(world, server, subject, "an index stands where")


def registries_without_the_interface(world):
    """Other answers than 404 that mean the same."""
    for status, media_type in (400, "application/json"), (405, "text/plain"), (200, "text/html"), (200, "application/json"):
        server = world.server()
        subject = server.put_image()
        blob = text(BILL)
        server.put_blob(blob)
        manifest = text(artifact(blob, CDX, subject))
        server.put("manifests", digest_of(manifest), manifest, MANIFEST)
        server.put_index(described(manifest, MANIFEST, artifactType=CDX), tag=tag_of(subject["digest"]))
        server.server.routes["/v2/shop/web/referrers/" + subject["digest"]] = \
            lambda handler: handler.answer(status, b"{}", Content_Type=media_type)
        check_bill(world, server, "referrer")


# ---- VEX

def vex_that_is_attached(world):
    for holder in world.layout(), world.registry(), world.server():
        subject = holder.put_image()
        said = statement(subject["digest"], openvex(LODASH, "pkg:npm/lodash"), "https://openvex.dev/ns")
        holder.put_artifact(envelope(said), DSSE, tag=tag_of(subject["digest"], ".att"))
        same(statuses(world.run(holder.target))[LODASH], "open")
        report = world.run(holder.target, "--vex", "attached", "--show-suppressed")
        same(statuses(report)[LODASH], "not_affected")
        same(statuses(report)[JQUERY], "open")
        same(documents(report), [("OpenVEX", "Vera", "not_verified", "tag", False, True)])
        finding = next(f for f in report["findings"] if f["rule"] == LODASH)
        same(finding["vex"]["file"], report["run"]["documents"][0]["digest"])
        assert "says Vera" in finding["reason"] and "vulnerable_code_not_in_execute_path" in finding["reason"], finding
        same(finding["vex"]["justification"], "vulnerable_code_not_in_execute_path")


def what_the_user_says_comes_first(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(openvex(LODASH, "pkg:npm/lodash"), "application/vnd.openvex+json", subject)
    mine = world.write("mine.json", openvex(LODASH, "pkg:npm/lodash", status="affected", author="Me"))
    report = world.run(server.target, "--vex", "attached", "--vex", str(mine), "--show-suppressed")
    same(statuses(report)[LODASH], "open")


def vex_of_other_kinds(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(cyclonedx(("lodash", "4.17.20"), vulnerabilities=[analysis(LODASH, "pkg:npm/lodash@4.17.20")]),
                        CDX, subject)
    csaf = {"document": {"csaf_version": "2.0", "category": "csaf_vex", "publisher": {"name": "Acme"},
                         "tracking": {"current_release_date": "2026-01-01T00:00:00Z"}},
            "product_tree": {"full_product_names": [{"product_id": "J", "name": "jquery", "product_identification_helper":
                                                     {"purl": "pkg:npm/jquery"}}]},
            "vulnerabilities": [{"cve": JQUERY, "product_status": {"known_not_affected": ["J"]},
                                 "flags": [{"label": "component_not_present", "product_ids": ["J"]}]}]}
    server.put_artifact(csaf, "application/csaf+json", subject)
    report = world.run(server.target, "--vex", "attached", "--show-suppressed")
    same(statuses(report)[LODASH], "not_affected")
    same(statuses(report)[JQUERY], "not_affected")
    same(sorted(documents(report)), [("CSAF", "Acme", "none", "referrer", False, True),
                                     ("CycloneDX", "maker 2.0", "none", "referrer", False, True)])


def vex_that_can_not_be_read(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(openvex(LODASH, "pkg:npm/lodash", status="harmless"), "application/vnd.openvex+json", subject)
    server.put_artifact(openvex(JQUERY, "pkg:npm/jquery"), "application/vnd.openvex+json", subject)
    report = world.run(server.target, "--vex", "attached", "--show-suppressed", code=3)
    same(statuses(report)[LODASH], "open")
    same(statuses(report)[JQUERY], "not_affected")
    assert "'harmless' is no status" in report["problems"][0]["message"], report["problems"]


def what_a_bill_says_itself(world):
    bill = cyclonedx(("lodash", "4.17.20"), ("jquery", "3.4.1"),
                     vulnerabilities=[analysis(LODASH, "pkg:npm/lodash@4.17.20")],
                     externalReferences=[{"type": "exploitability-statement", "url": "more.json"},
                                         {"type": "vulnerability-assertion", "url": "https://example.org/vex.json"},
                                         {"type": "exploitability-statement", "url": "../outside.json"},
                                         {"type": "website", "url": "no.json"}])
    path = world.write("bills/web.cdx.json", bill)
    world.write("bills/more.json", openvex(JQUERY, "pkg:npm/jquery"))
    world.write("outside.json", openvex("CVE-2020-28500", "pkg:npm/lodash"))
    plain = world.run("sbom:%s" % path)
    same(statuses(plain)[LODASH], "open")
    report = world.run("sbom:%s" % path, "--vex", "attached", "--show-suppressed", code=3)
    got = statuses(report)
    same((got[LODASH], got[JQUERY], got["CVE-2020-28500"]), ("not_affected", "not_affected", "open"))
    said = {problem["place"]: problem["is_incomplete"] for problem in report["problems"]}
    same(said, {"https://example.org/vex.json": False, "../outside.json": True})
    same(sorted(d["found"].split(" ")[0] for d in report["run"]["documents"]), ["file", "file"])


def where_nothing_can_be_attached(world):
    folder = world.folder / "sources"
    folder.mkdir(exist_ok=True)
    world.scanner.refuses("dir:%s" % folder, "--vex", "attached", says=["nothing is attached to"])


def people_are_told(world):
    server = world.server()
    subject = server.put_image()
    server.put_artifact(BILL, CDX, subject)
    done = world.scanner.run("sbom:" + server.target, "-f", "human")
    assert "bill of materials: CycloneDX of maker 2.0" in done.stdout, done.stdout
    assert "not signed" in done.stdout, done.stdout


TESTS = [a_referrer_of_a_layout, the_tag_scheme_of_a_layout, cosigns_attestation_in_a_layout, buildkits_attestation,
         the_tag_scheme_of_a_registry, cosigns_tags_of_a_registry, the_interface_of_a_registry, a_sigstore_bundle,
         pages_are_followed, the_best_bill_is_used, no_bill_is_said, an_attestation_of_another_image, a_bill_in_spdx_3,
         a_referrer_of_another_image, a_bill_that_speaks_of_another_image, changed_bytes, a_document_that_is_too_large,
         a_document_that_is_cut, pages_in_a_circle, a_page_elsewhere, a_list_without_end, an_index_among_the_referrers,
         registries_without_the_interface, vex_that_is_attached, what_the_user_says_comes_first, vex_of_other_kinds,
         vex_that_can_not_be_read, what_a_bill_says_itself, where_nothing_can_be_attached, people_are_told]

if __name__ == "__main__":
    main(TESTS, World())
