# examples/shop, which README shows: what is found in it, by advisories looked up by hand.
load helper

shop=$PLIMSOLL_TREE/examples/shop

@test "the shop's languages are all read" {
    command -v jq >/dev/null || skip "jq is not installed"
    "$plimsoll" scan "dir:$shop" --format json >out.json
    for name in jquery jinja2 golang.org/x/text smallvec; do
        grep -qi "\"$name\"" out.json || { echo "no $name"; false; }
    done
}

@test "known vulnerabilities of the shop's packages are found" {
    "$plimsoll" scan "dir:$shop" --format json >out.json
    # jquery < 3.5.0; golang.org/x/text < 0.3.7; smallvec < 1.6.1; pyyaml < 5.4
    for id in CVE-2020-11022 CVE-2021-38561 RUSTSEC-2021-0003 CVE-2020-14343; do
        grep -q "$id" out.json || { echo "no $id"; false; }
    done
}

@test "what is not old is not reported" {
    "$plimsoll" scan "dir:$shop" >out
    ! grep -q 'argparse 2.0.1' out
}
