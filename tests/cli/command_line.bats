load helper

@test "alone it says what it can do, and exits with 2" {
    run "$plimsoll"
    [ "$status" -eq 2 ]
    [[ $output == *"plimsoll scan"* ]]
}

@test "version is one line" {
    run "$plimsoll" version
    [ "$status" -eq 0 ]
    [[ $output =~ ^plimsoll\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "help of each command begins with examples" {
    for command in scan db version completion man; do
        run "$plimsoll" "$command" --help
        [ "$status" -eq 0 ]
        [[ ${lines[0]} == *"plimsoll "* ]]
        [[ $output == *"Usage: plimsoll $command"* ]]
    done
}

@test "a wrong command or option is met with the right one" {
    run "$plimsoll" scna .
    [ "$status" -eq 2 ]
    [[ $output == *"Did you mean: plimsoll scan"* ]]
    run "$plimsoll" scan --fail-onn high .
    [ "$status" -eq 2 ]
    [[ $output == *"Did you mean --fail-on?"* ]]
    run "$plimsoll" scan --fail-on dreadful .
    [ "$status" -eq 2 ]
    [[ $output == *"low, medium, high, critical"* ]]
    run "$plimsoll" scan --fail-on
    [ "$status" -eq 2 ]
    [[ $output == *"wants a value"* ]]
}

@test "the manual page is groff without warnings" {
    command -v groff >/dev/null || skip "groff is not installed"
    "$plimsoll" man scan >page
    run groff -man -Tutf8 -ww page
    [ "$status" -eq 0 ]
    [[ $output != *warning* ]]
    [[ $output == *SYNOPSIS* || $output == *"S"* ]]
}

@test "bash completes commands and options" {
    source <("$plimsoll" completion bash)
    COMP_WORDS=(plimsoll sc) COMP_CWORD=1
    _plimsoll
    [ "${COMPREPLY[0]}" = scan ]
    COMP_WORDS=(plimsoll scan --fail) COMP_CWORD=2
    _plimsoll
    [ "${COMPREPLY[0]}" = --fail-on ]
    run "$plimsoll" completion csh
    [ "$status" -eq 2 ]
}

@test "nothing is printed after standard output is closed, and the exit says so" {
    run bash -c '"$0" scan --help >/dev/full' "$plimsoll"
    [ "$status" -eq 2 ]
}
