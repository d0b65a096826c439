/* rebar3's lockfile (rebar3.org/docs/configuration/dependencies/#lock-files): Erlang terms, a package a line.
 *
 *     {<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},      the depth behind it: 0 is direct
 *     {pkg_hash_ext,[ {<<"cowboy">>, <<"<sum of the archive>">>},
 *
 * Packages from git have no version. It does not say what needs what. */
#include "base/limits.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

/* The next <<"text">>. */
static bool next_binary(struct str *rest, struct str *out) {
    ptrdiff_t start = str_find(*rest, STR("<<\""));
    if (start < 0) {
        return false;
    }
    *rest = str_from(*rest, (size_t)start + 3);
    ptrdiff_t end = str_find(*rest, STR("\">>"));
    if (end < 0) {
        return false;
    }
    *out = str_sub(*rest, 0, (size_t)end);
    *rest = str_from(*rest, (size_t)end + 3);
    return true;
}

/* What stands behind the package's tuple: "},0},". */
static bool is_direct(struct str rest) {
    return str_starts(rest, STR("},0}"));
}

static int add_package(struct lock_graph *graph, struct str line, uint32_t number) {
    struct str rest = line, app, name, version;
    if (!next_binary(&rest, &app) || !next_binary(&rest, &name) || !next_binary(&rest, &version)) {
        return 0;
    }
    struct str others = rest, inner;
    if (next_binary(&others, &inner)) {
        rest = others; /* lockfiles of version 1.1 and before may have the sum there */
    }
    struct package package = {.type = PACKAGE_HEX,
                              .flags = is_direct(rest) ? PACKAGE_IS_DIRECT : 0,
                              .name = name,
                              .version = version,
                              .line = number};
    return lock_add(graph, app, &package, NULL);
}

static void read_checksum(struct lock_graph *graph, struct str line) {
    struct str rest = line, app, digest;
    if (!next_binary(&rest, &app) || !next_binary(&rest, &digest)) {
        return;
    }
    size_t node = lock_find(graph, app);
    if (node != LOCK_NONE && !(node & LOCK_ANY)) {
        graph->nodes.p[node].package.checksum = digest;
    }
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock_graph graph;
    struct str rest = in->body, line;
    bool are_checksums = false;
    int rc = lock_open(&graph, in, 0, err);
    for (uint32_t n = 1; rc == 0 && str_line(&rest, &line); n++) {
        are_checksums |= str_find(line, STR("{pkg_hash_ext,")) >= 0;
        if (str_find(line, STR(",{pkg,")) >= 0) {
            rc = add_package(&graph, line, n);
        } else if (are_checksums) {
            read_checksum(&graph, line);
        }
    }
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_rebar_lock = {
    .name = "rebar-lock",
    .title = "rebar3 lockfiles",
    .reads = "rebar.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "rebar.lock"}},
    .inspect = inspect,
};
