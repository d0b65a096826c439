load helper

@test "a folder becomes a bill in both formats at once" {
    put_lockfile .
    "$plimsoll" sbom . -o spdx=bill.spdx.json >bill.cdx.json
    [ "$(jq -r '[.components[].purl] | sort | join(" ")' bill.cdx.json)" = "pkg:npm/jquery@3.4.1 pkg:npm/ms@2.1.3" ]
    [ "$(jq -r '[.packages[].externalRefs[]?.referenceLocator] | sort | join(" ")' bill.spdx.json)" = \
        "pkg:npm/jquery@3.4.1 pkg:npm/ms@2.1.3" ]
    [ "$(jq -r '.components[0].evidence.occurrences[0].location' bill.cdx.json)" = package-lock.json ]
}

@test "a bill needs no advisories, and a scan can write one besides" {
    put_lockfile .
    "$plimsoll" sbom . >alone.json
    "$plimsoll" scan . -o cyclonedx=besides.json >/dev/null
    [ "$(jq -c '.components' alone.json)" = "$(jq -c '.components' besides.json)" ]
}

@test "a bill of what could not be read whole says so" {
    put_lockfile .
    mkdir broken && echo '{' >broken/package-lock.json
    run "$plimsoll" sbom . -q -o cyclonedx=bill.json
    [ "$status" -eq 3 ]
    [ "$(jq -r '.compositions[0].aggregate' bill.json)" = incomplete ]
}

@test "sbom says which formats there are" {
    put_lockfile .
    run "$plimsoll" sbom . -f sarif
    [ "$status" -eq 2 ]
    [[ $output == *cyclonedx*spdx* ]]
}

@test "guardrails judge scans, not bills" {
    mkdir app && put_lockfile app
    printf 'rules:\n  - {name: all, when: "true", action: block, reason: x}\n' >app/.plimsoll.yaml
    openssl genrsa -traditional 2048 >app/key.pem 2>/dev/null
    run "$plimsoll" scan app
    [ "$status" -eq 1 ]
    run "$plimsoll" sbom app
    [ "$status" -eq 0 ]
}
