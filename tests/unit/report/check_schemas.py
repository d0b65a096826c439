"""Checks written reports: JSON against docs/report.schema.json, SARIF against the rules of its specification and,
where PLIMSOLL_SARIF_SCHEMA names a copy, against the published schema."""

import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("Python's jsonschema is missing")
    sys.exit(77)

FIXTURES = ["image", "clean", "incomplete", "directory", "hostile", "surface"]


def written(program, fixture, form, *more):
    return json.loads(subprocess.run([program, fixture, form, *more], check=True, capture_output=True).stdout)


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
        if fixture == "image":
            check_image(report, log)
    print("checked", len(FIXTURES), "reports", "with" if published else "without", "the published SARIF schema")


main()
