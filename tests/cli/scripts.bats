# The scripts that say whether the project is well.
load helper

log() { mkdir -p run/meson-logs && cat >run/meson-logs/testlog.json; }
count() { run "$PLIMSOLL_TREE/scripts/count-tests" run; }

@test "cases are counted, and each skip has its reason" {
    log <<'LOG'
{"name": "a", "result": "OK", "stdout": "1..3\nok 1 - x\nok 2 - y\nok 3 # SKIP no data\n"}
{"name": "b", "result": "OK", "stdout": "plain output\n"}
{"name": "c", "result": "SKIP", "stdout": "1..1\nok 1 # SKIP no suite\n"}
LOG
    count
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "skipped a: no data" ]
    [ "${lines[1]}" = "skipped c: no suite" ]
    [ "${lines[2]}" = "3 passed, 0 failed, 2 skipped" ]
}

@test "a failed case, a crash beside passing cases and an empty run are failures" {
    log <<'LOG'
{"name": "a", "result": "FAIL", "stdout": "1..2\nok 1 - x\n# 3 is not 4\nnot ok 2 - y\n", "stderr": "Trace\n"}
{"name": "b", "result": "ERROR", "stdout": "1..2\nok 1 - x\n"}
{"name": "c", "result": "TIMEOUT", "stdout": ""}
LOG
    count
    [ "$status" -eq 1 ]
    [ "${lines[*]}" = "failed a:     # 3 is not 4     not ok 2 - y     Trace failed b: failed c: 2 passed, 3 failed, 0 skipped" ]
    log </dev/null
    count
    [ "$status" -eq 1 ]
}

@test "make help lists what the documents name" {
    command -v make >/dev/null || skip "make is not installed"
    run make -s -C "$PLIMSOLL_TREE" help
    [ "$status" -eq 0 ]
    for target in build scan test lint fuzz bench install clean; do
        [[ $output == *"make $target "* ]]
    done
}

@test "setup refuses a task that it doesn't know" {
    run "$PLIMSOLL_TREE/scripts/setup" nothing
    [ "$status" -eq 2 ]
}
