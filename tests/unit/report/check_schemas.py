"""Checks written reports: JSON against docs/report.schema.json, SARIF against the rules of its specification and,
where PLIMSOLL_SARIF_SCHEMA names a copy, against the published schema."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

try:
    import jsonschema
except ImportError:
    print("Python's jsonschema is missing")
    sys.exit(77)

FIXTURES = ["image", "clean", "incomplete", "directory", "hostile", "surface", "rebuilt"]


def raw(program, fixture, form, *more):
    return subprocess.run([program, fixture, form, *more], check=True, capture_output=True).stdout


def written(program, fixture, form, *more):
    return json.loads(raw(program, fixture, form, *more))


def check(truth, what):
    if not truth:
        raise SystemExit("SARIF: " + what)


def check_result(result, rules):
    """SARIF 2.1.0, sections 3.27 (result), 3.29 (physical location) and 3.35 (suppression)."""
    check(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex points at another rule")
    check(result["level"] in ("none", "note", "warning", "error"), "level")
    check(result["kind"] == "fail" or result["level"] == "none", "kind other than fail needs level none")
    check(result["message"]["text"], "empty message")
    check(result["partialFingerprints"]["plimsollFinding/v1"], "no fingerprint")
    for location in result["locations"]:
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        check(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), "uri " + uri[:80])
        check(physical.get("region", {"startLine": 1})["startLine"] >= 1, "startLine")
    for suppression in result.get("suppressions", []):
        check(suppression["kind"] in ("inSource", "external"), "suppression kind")
        check(suppression["status"] in ("accepted", "underReview", "rejected"), "suppression status")


def check_sarif(log):
    check(log["version"] == "2.1.0" and len(log["runs"]) == 1, "version or runs")
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    check(driver["name"] == "plimsoll", "driver")
    ids = [rule["id"] for rule in driver["rules"]]
    check(len(ids) == len(set(ids)), "rules are not unique")
    for rule in driver["rules"]:
        check(rule["help"]["text"] and rule["shortDescription"]["text"], "rule text")
        severity = rule["properties"].get("security-severity", "0.0")
        check(0 <= float(severity) <= 10 and re.fullmatch(r"\d+\.\d", severity), "security-severity")
    for invocation in run["invocations"]:
        check(isinstance(invocation["executionSuccessful"], bool), "executionSuccessful")
        for notification in invocation["toolExecutionNotifications"]:
            check(notification["message"]["text"], "notification text")
    for result in run["results"]:
        check_result(result, driver["rules"])


def check_image(report, log):
    """What the fixture holds, counted by hand."""
    assert report["summary"]["open"] == 8 and report["summary"]["exploited"] == 2
    assert report["summary"]["by_severity"] == {
        "critical": 3, "high": 3, "medium": 1, "low": 1, "none": 0, "unknown": 0}
    assert [f["status"] for f in report["findings"]].count("not_affected") == 1
    repeats = [(f["rule"], f["path"]) for f in report["findings"] if f["is_repeat"]]
    assert repeats == [("CVE-2021-23337", "srv/web/node_modules/lodash/package.json"),
                       ("CVE-2024-5535", "var/lib/dpkg/status")]
    assert len({f["group"] for f in report["findings"] if f["name"] in ("libssl3", "openssl")}) == 1
    assert report["findings"][0]["rule"] == "CVE-2021-23337"
    assert report["findings"][0]["aliases"] == ["GHSA-35jh-r3h4-6jhm"]
    assert len(report["layers"]) == 4 and len(report["packages"]) == 7 and len(report["problems"]) == 2
    results = log["runs"][0]["results"]
    assert len(results) == 11 and sum("suppressions" in r for r in results) == 1
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def text(least=1, most=None, pattern=None):
    rule = {"type": "string", "minLength": least}
    return {**rule, **({"maxLength": most} if most else {}), **({"pattern": pattern} if pattern else {})}


def record(required, **properties):
    return {"type": "object", "required": required.split(), "properties": properties}


def list_of(items, least=0):
    return {"type": "array", "items": items, "minItems": least}


DEPENDENCY = record("package version", package=record("name", name=text()), version=text())
GITLAB_LOCATIONS = {
    "gitlab-container": record("dependency operating_system image", dependency=DEPENDENCY, operating_system=text(),
                               image=text(pattern=r"^[^:]+(:\d+[^:]*)?:[^:]+(:[^:]+)?$")),
    "gitlab-dependency": record("file dependency", file=text(), dependency=DEPENDENCY),
    "gitlab-sast": record("file", file=text(), start_line={"type": "integer", "minimum": 1}),
    "gitlab-secret": record("file commit", file=text(), commit=record("sha", sha=text()),
                            start_line={"type": "integer", "minimum": 1}),
}


def gitlab_schema(form):
    """What GitLab's security report schemas 15.0.4 ask for, of what is written."""
    program = record("id name version vendor", id=text(), name=text(), version=text(), vendor=record("name", name=text()))
    time = text(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")
    kind = {"gitlab-container": "container_scanning", "gitlab-dependency": "dependency_scanning", "gitlab-sast": "sast",
            "gitlab-secret": "secret_detection"}
    scan = record("analyzer scanner type start_time end_time status", analyzer=program, scanner=program,
                  type={"const": kind[form]}, start_time=time, end_time=time, status={"enum": ["success", "failure"]},
                  messages=list_of(record("level value", level={"enum": ["info", "warn", "fatal"]}, value=text())))
    vulnerability = record(
        "id identifiers location", id=text(), name=text(0, 255), description=text(0, 1048576), solution=text(0, 7000),
        severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        identifiers=list_of(record("type name value", type=text(), name=text(), value=text()), 1),
        links=list_of(record("url", url=text(pattern="^https?://.+"))), location=GITLAB_LOCATIONS[form])
    file = record("path package_manager dependencies", path=text(), package_manager=text(), dependencies=list_of(DEPENDENCY))
    return record("scan version vulnerabilities" + (" dependency_files" if form == "gitlab-dependency" else ""),
                  scan=scan, version=text(pattern=r"^\d+\.\d+\.\d+$"), vulnerabilities=list_of(vulnerability),
                  dependency_files=list_of(file))


OPENVEX = record(
    "@context @id author timestamp version statements", author=text(), timestamp=text(pattern=r"^\d{4}-.*Z$"),
    version={"type": "integer", "minimum": 1},
    statements=list_of({
        **record("vulnerability products status", vulnerability=record("name", name=text()),
                 products=list_of(record("@id"), 1),
                 status={"enum": ["not_affected", "affected", "fixed", "under_investigation"]}),
        "allOf": [{"if": {"properties": {"status": {"const": "not_affected"}}},
                   "then": {"anyOf": [{"required": ["justification"]}, {"required": ["impact_statement"]}]}},
                  {"if": {"properties": {"status": {"const": "affected"}}}, "then": {"required": ["action_statement"]}}]}))

SNAPSHOT = record(
    "version job sha ref detector scanned manifests", version={"type": "integer"}, sha=text(40, 40), ref=text(pattern="^refs/"),
    job=record("id correlator", id=text(), correlator=text()), detector=record("name version url"),
    manifests={"type": "object", "additionalProperties": record(
        "name file resolved", name=text(), file=record("source_location", source_location=text()),
        resolved={"type": "object", "additionalProperties": record(
            "package_url relationship scope dependencies", package_url=text(pattern="^pkg:"),
            relationship={"enum": ["direct", "indirect"]}, scope={"enum": ["runtime", "development"]},
            dependencies=list_of(text()))})})


def check_annotations(lines):
    """Nothing but commands of three levels, ten of each at most, and the last line."""
    *commands, summary = lines.decode("utf-8", "replace").splitlines()
    levels = [re.fullmatch(r"::(error|warning|notice) file=[^:,]*(,line=\d+)?(,col=\d+)?,title=[^:,]*::.*", c).group(1)
              for c in commands]
    assert all(levels.count(level) <= 10 for level in levels)
    assert summary.startswith("plimsoll: ") and not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", lines)


def check_page(page):
    """One script of ours, whose digest the policy names, and data that can't end its element."""
    assert not re.search(r"(?:src|href)=|https?://|@import|url\(", re.sub(r'(?s)<script type.*?</script>', "", page))
    assert page.count("<script") == 2 and page.count("</script>") == 2
    data = json.loads(re.search(r'(?s)<script type="application/json" id="data">(.*?)</script>', page).group(1))
    assert len({len(column) for column in data["columns"].values()}) == 1
    assert all(0 <= sum(data["columns"]["rule"][:i + 1]) < len(data["strings"]) for i in range(len(data["columns"]["rule"])))
    return data


def check_others(program, fixture):
    for form in GITLAB_LOCATIONS:
        report = written(program, fixture, form)
        jsonschema.validate(report, gitlab_schema(form))
        assert len({v["id"] for v in report["vulnerabilities"]}) == len(report["vulnerabilities"])
    jsonschema.validate(written(program, fixture, "openvex"), OPENVEX)
    jsonschema.validate(written(program, fixture, "github-snapshot"), SNAPSHOT)
    bill = written(program, fixture, "cyclonedx")
    refs = {component["bom-ref"] for component in bill["components"]}
    assert all(a["ref"] in refs for v in bill.get("vulnerabilities", []) for a in v["affects"])
    check_annotations(raw(program, fixture, "github"))
    suite = xml.etree.ElementTree.fromstring(raw(program, fixture, "junit"))[0]
    assert len(suite.findall("testcase")) == int(suite.get("tests"))
    assert len(suite.findall("testcase/failure")) == int(suite.get("failures"))
    assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped"))
    csv.field_size_limit(1 << 30)
    table = list(csv.reader(io.StringIO(raw(program, fixture, "csv").decode(), newline="")))
    assert {len(line) for line in table} == {18} and not [c for line in table for c in line if c[:1] in tuple("=+-@")]
    comment = raw(program, fixture, "markdown").decode()
    assert len(comment) < 65536 and "\033" not in comment
    return check_page(raw(program, fixture, "html").decode()), table, written(program, fixture, "openvex")


def check_image_others(data, table, vex):
    """What the fixture holds, counted by hand."""
    assert len(data["columns"]["rule"]) == 11 and data["open"] == 8 and len(table) == 1 + 13
    assert [(s["vulnerability"]["name"], s["status"]) for s in vex["statements"]] == [
        ("CVE-2024-45337", "not_affected"), ("GO-2025-0001", "under_investigation"), ("CVE-2023-48795", "not_affected")]


def check_rebuilt(report):
    """Of the fixture's base, and what stands beside the findings."""
    rebuild = report["base"]["rebuild"]
    assert (rebuild["removes"], rebuild["stays"], rebuild["appears"]) == (2, 1, 1), rebuild
    assert [f["rule"] for f in report["findings"] if f["rebuild_removes"]] == ["CVE-2024-5535"] * 2 + ["CVE-2010-0928"]
    assert [(f["rule"], f["status"], f["layer"], f["removed_in"]) for f in report["removed"]] == [
        ("CVE-2019-10744", "removed", 3, 4)]
    assert (report["summary"]["removed"], report["summary"]["open"]) == (1, 5), report["summary"]
    assert all(package["name"] != "lodash" for package in report["packages"])


def main():
    program, schema_path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    published = os.environ.get("PLIMSOLL_SARIF_SCHEMA")
    for fixture in FIXTURES:
        report = written(program, fixture, "json")
        validator.validate(report)
        log = written(program, fixture, "sarif")
        for each in (log, written(program, fixture, "sarif", "suppressed")):
            check_sarif(each)
            if published:
                with open(published, encoding="utf-8") as file:
                    jsonschema.validate(each, json.load(file))
        others = check_others(program, fixture)
        if fixture == "rebuilt":
            check_rebuilt(report)
        if fixture == "image":
            check_image(report, log)
            check_image_others(*others)
    print("checked", len(FIXTURES), "reports", "with" if published else "without", "the published SARIF schema")


main()
