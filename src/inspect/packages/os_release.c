/* Which operating system this is: os-release(5), and the older files that stand in for it.
 *
 * Each file gives one fact; the pass merges them. What each one gives:
 *
 *     etc/os-release, usr/lib/os-release   all but exact; the first wins where both are there
 *     etc/debian_version                   exact alone ("12.5", "trixie/sid"): its children have it too
 *     etc/alpine-release                   id, version_id and exact ("3.19.1")
 *     etc/{redhat,centos,system}-release   id, version_id, exact, name and codename from one sentence
 *     etc/lsb-release                      id, version_id, name and codename
 *
 * Where an os-release is there, the others give no more than exact; without one, an exact alone means Debian.
 * Distroless images have usr/lib/os-release. */
#include "base/limits.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

/* ---- lines of shell assignments */

struct variable {
    struct str name;
    size_t offset; /* of the field in struct os */
};

/* The later assignment wins, as in a shell. */
static const struct variable os_release_variables[] = {
    {{"ID", 2}, offsetof(struct os, id)},
    {{"VERSION_ID", 10}, offsetof(struct os, version_id)},
    {{"PRETTY_NAME", 11}, offsetof(struct os, name)},
    {{"VERSION_CODENAME", 16}, offsetof(struct os, codename)},
    {{"ID_LIKE", 7}, offsetof(struct os, like)},
    {{NULL, 0}, 0},
};

static const struct variable lsb_release_variables[] = {
    {{"DISTRIB_ID", 10}, offsetof(struct os, id)},
    {{"DISTRIB_RELEASE", 15}, offsetof(struct os, version_id)},
    {{"DISTRIB_DESCRIPTION", 19}, offsetof(struct os, name)},
    {{"DISTRIB_CODENAME", 16}, offsetof(struct os, codename)},
    {{NULL, 0}, 0},
};

static struct str *variable_field(const struct variable *variables, struct str name, struct os *os) {
    for (; variables->name.n; variables++) {
        if (str_eq(variables->name, name)) {
            return (struct str *)(void *)((char *)os + variables->offset);
        }
    }
    return NULL;
}

/* What a backslash before c stands for inside double quotes: c itself for these, both for all others. */
static bool is_escaped_in_quotes(char c) {
    return c == '"' || c == '\\' || c == '$' || c == '`';
}

/* Writes the value of one shell word to out, which has room for it, and its length to *n. False when a
 * quote is not closed. Unquoted blanks within are kept: systemd reads them so, a shell would not. */
static bool unquote(struct str word, char *out, size_t *n) {
    char quote = 0;
    *n = 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        bool has_next = i + 1 < word.n;
        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
        } else if (c != '\\' || quote == '\'' || !has_next) {
            out[(*n)++] = c;
        } else {
            c = word.p[++i];
            if (quote && !is_escaped_in_quotes(c)) {
                out[(*n)++] = '\\';
            }
            out[(*n)++] = c;
        }
    }
    return !quote;
}

static int read_assignment(struct inspection *in, const struct variable *variables, struct str line,
                           struct os *os) {
    struct str name, word;
    str_cut(line, '=', &name, &word);
    struct str *field = variable_field(variables, name, os);
    if (!field) {
        return 0;
    }
    if (word.n > LIMIT_FIELD) {
        return ERR_LIMIT;
    }
    char *value = arena_alloc(in->arena, word.n + 1);
    size_t n;
    if (!value) {
        return ERR_MEMORY;
    }
    if (!unquote(word, value, &n)) {
        return ERR_INPUT;
    }
    *field = str_n(value, n);
    return 0;
}

static int read_assignments(struct inspection *in, const struct variable *variables, struct os *os,
                            struct err *err) {
    struct problems problems = {in->facts, 0};
    unsigned n = 0;
    for (struct str rest = in->body, line; str_line(&rest, &line);) {
        n++;
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') {
            continue;
        }
        int code = read_assignment(in, variables, line, os);
        if (code == ERR_MEMORY) {
            return err_memory(err);
        }
        if (code < 0) {
            problems_add(&problems, "line %u: a quote is not closed, or the value is too long", n);
        }
    }
    problems_end(&problems);
    return 0;
}

static int read_os_release(struct inspection *in, struct os *os, struct err *err) {
    return read_assignments(in, os_release_variables, os, err);
}

/* os-release(5): ID holds lower-case letters only; lsb-release writes "Ubuntu". */
static int lower(struct arena *arena, struct str *s, struct err *err) {
    char *p = arena_alloc(arena, s->n + 1);
    if (!p) {
        return err_memory(err);
    }
    for (size_t i = 0; i < s->n; i++) {
        p[i] = ascii_lower(s->p[i]);
    }
    *s = str_n(p, s->n);
    return 0;
}

static int read_lsb_release(struct inspection *in, struct os *os, struct err *err) {
    int code = read_assignments(in, lsb_release_variables, os, err);
    return code < 0 ? code : lower(in->arena, &os->id, err);
}

/* ---- files of one line */

static struct str first_line(struct str body) {
    struct str line = STR_NONE;
    str_line(&body, &line);
    return str_sub(str_trim(line), 0, LIMIT_FIELD);
}

static int read_debian_version(struct inspection *in, struct os *os, struct err *err) {
    os->exact = first_line(in->body);
    return 0;
}

static int read_alpine_release(struct inspection *in, struct os *os, struct err *err) {
    os->id = STR("alpine");
    os->exact = os->version_id = first_line(in->body);
    return 0;
}

/* How the sentences begin, the longer first where one begins another; the IDs are those of the os-release
 * files of the same distributions. */
static const struct {
    struct str begins, id;
} distributions[] = {
    {{"AlmaLinux", 9}, {"almalinux", 9}}, {{"Amazon Linux", 12}, {"amzn", 4}},
    {{"CentOS", 6}, {"centos", 6}},       {{"Fedora", 6}, {"fedora", 6}},
    {{"Oracle Linux", 12}, {"ol", 2}},    {{"Red Hat Enterprise Linux", 24}, {"rhel", 4}},
    {{"Rocky Linux", 11}, {"rocky", 5}},  {{"Scientific Linux", 16}, {"scientific", 10}},
    {{"openEuler", 9}, {"openEuler", 9}},
};

static struct str distribution_id(struct str sentence) {
    for (size_t i = 0; i < ARRAY_SIZE(distributions); i++) {
        if (str_starts(sentence, distributions[i].begins)) {
            return distributions[i].id;
        }
    }
    return STR_NONE;
}

/* "CentOS Linux release 7.9.2009 (Core)" */
static int read_redhat_release(struct inspection *in, struct os *os, struct err *err) {
    static const struct str release = {" release ", 9};
    struct str line = first_line(in->body);
    ptrdiff_t at = str_find(line, release);
    if (at < 0) {
        return err_set(err, ERR_INPUT, "line 1: no \" release <version>\" in it");
    }
    struct str after = str_from(line, (size_t)at + release.n), rest;
    os->id = distribution_id(line);
    os->name = line;
    str_cut(after, ' ', &os->version_id, &rest);
    os->exact = os->version_id;
    if (str_cut(rest, '(', &after, &rest)) {
        str_cut(rest, ')', &os->codename, &after);
    }
    return 0;
}

/* ---- the inspector */

static const struct {
    const char *name;
    int (*read)(struct inspection *in, struct os *os, struct err *err);
} readers[] = {
    {"os-release", read_os_release},         {"debian_version", read_debian_version},
    {"alpine-release", read_alpine_release}, {"redhat-release", read_redhat_release},
    {"centos-release", read_redhat_release}, {"system-release", read_redhat_release},
    {"lsb-release", read_lsb_release},
};

static bool says_something(const struct os *os) {
    return os->id.n || os->version_id.n || os->name.n || os->exact.n;
}

static int inspect(struct inspection *in, struct err *err) {
    struct str name = str_basename(in->entry->path);
    struct os os = {0};
    int code = 0;
    for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
        if (str_eq(name, str_c(readers[i].name))) {
            code = readers[i].read(in, &os, err);
        }
    }
    if (code >= 0 && says_something(&os)) {
        facts_os(in->facts, &os);
    }
    return code;
}

const struct inspector inspect_os_release = {
    .name = "os-release",
    .title = "operating system release",
    .reads = "os-release, debian_version, alpine-release, redhat-release, centos-release, system-release, "
             "lsb-release",
    .version = 1,
    .body_max = MIB,
    .wants =
        {
            {.path = "etc/os-release"},
            {.path = "usr/lib/os-release"},
            {.path = "etc/debian_version"},
            {.path = "etc/alpine-release"},
            {.path = "etc/redhat-release"},
            {.path = "etc/centos-release"},
            {.path = "etc/system-release"},
            {.path = "etc/lsb-release"},
        },
    .inspect = inspect,
};
