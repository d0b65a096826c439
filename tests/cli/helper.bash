# What the CLI tests share: the program of the build, a cache and a folder of their own.
setup() {
    work=$(mktemp -d)
    export PLIMSOLL_CACHE=$work/cache PLIMSOLL_STATE=$work/state
    plimsoll=$PLIMSOLL_BUILD/plimsoll
    cd "$work" || return 1
}

teardown() {
    rm -rf "$work"
}

# A lockfile with one package of a known vulnerability (jquery before 3.5.0) and one without.
put_lockfile() {
    cat >"$1/package-lock.json" <<'JSON'
{
  "name": "app",
  "lockfileVersion": 3,
  "packages": {
    "": { "name": "app", "dependencies": { "jquery": "3.4.1", "ms": "2.1.3" } },
    "node_modules/jquery": { "version": "3.4.1" },
    "node_modules/ms": { "version": "2.1.3" }
  }
}
JSON
}
