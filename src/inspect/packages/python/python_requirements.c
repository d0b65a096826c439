/* pip's requirements files (pip.pypa.io/en/stable/reference/requirements-file-format, names and versions by
 * PEP 508 and PEP 440).
 *
 * Only a pin (==, ===) says which version is meant; ranges, URLs, paths and wildcards give no package. Files
 * that -r and -c name are not followed: they are inspected by themselves when they are called
 * requirements*.txt. Files inside installed packages are not what was installed and are passed over. */
#include "base/limits.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

struct lines {
    struct str rest;
    uint32_t next; /* number of the line that rest begins with */
};

/* The next line with those that it continues on ("\\" at the end), as they stand in the text. */
static bool next_lines(struct lines *lines, struct str *out, uint32_t *at) {
    struct str line;
    if (!str_line(&lines->rest, &line)) {
        return false;
    }
    *at = lines->next++;
    const char *start = line.p;
    bool is_comment = str_starts(str_trim(line), STR("#"));
    while (!is_comment && str_ends(line, STR("\\")) && str_line(&lines->rest, &line)) {
        lines->next++;
    }
    *out = str_trim(str_n(start, (size_t)(line.p + line.n - start)));
    return true;
}

/* ---- one requirement */

static bool is_name_byte(char c) {
    return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* PEP 440's letters, and those of the wildcards and variables that make it no version. */
static bool is_version_byte(char c) {
    return ascii_is_alnum(c) || strchr("-_.+!*${}", c);
}

static struct str take_while(struct str *rest, bool (*holds)(char)) {
    size_t n = 0;
    while (n < rest->n && rest->p[n] && holds(rest->p[n])) {
        n++;
    }
    struct str taken = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return taken;
}

static bool is_space(char c) {
    return ascii_is_space(c) || c == '\\'; /* a backslash stands only before a line's end */
}

static bool take(struct str *rest, const char *literal) {
    take_while(rest, is_space);
    if (!str_starts(*rest, str_c(literal))) {
        return false;
    }
    *rest = str_from(*rest, strlen(literal));
    return true;
}

static void skip_extras(struct str *rest) {
    if (take(rest, "[")) {
        ptrdiff_t end = str_find_byte(*rest, ']');
        *rest = str_from(*rest, end < 0 ? rest->n : (size_t)end + 1);
    }
}

/* One clause, "== 1.2" or "<3"; its version when it is a pin. False where no clause stands. */
static bool take_clause(struct str *rest, struct str *pin) {
    static const char *const others[] = {"~=", "!=", "<=", ">=", "<", ">"};
    bool is_pin = take(rest, "===") || take(rest, "==");
    bool is_clause = is_pin;
    for (size_t i = 0; !is_clause && i < ARRAY_SIZE(others); i++) {
        is_clause = take(rest, others[i]);
    }
    take_while(rest, is_space);
    struct str version = take_while(rest, is_version_byte);
    if (is_pin && str_find_byte(version, '*') < 0 && str_find_byte(version, '$') < 0) {
        *pin = version;
    }
    return is_clause;
}

bool python_lock_pin(struct str line, struct str *name, struct str *version) {
    struct str rest = line;
    *version = STR_NONE;
    *name = take_while(&rest, is_name_byte);
    skip_extras(&rest);
    take(&rest, "(");
    while (take_clause(&rest, version) && take(&rest, ",")) {
    }
    return name->n && version->n;
}

static bool is_reference(struct str line) {
    static const char *const options[] = {"-r", "--requirement", "-c", "--constraint"};
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (str_starts(line, str_c(options[i]))) {
            return true;
        }
    }
    return false;
}

static int read_line(struct inspection *in, struct str line, uint32_t at, struct err *err) {
    struct str name, version;
    if (is_reference(line)) {
        facts_problem(in->facts, false, "line %u: the file that \"%.*s\" names is not followed", at,
                      STR_ARG(str_sub(line, 0, 200)));
        return 0;
    }
    if (!python_lock_pin(line, &name, &version)) {
        return 0;
    }
    name = package_pypi_name(in->arena, name);
    if (!name.p) {
        return err_memory(err);
    }
    language_package(
        in,
        &(struct package){
            .type = PACKAGE_PYPI, .flags = PACKAGE_IS_DIRECT, .name = name, .version = version, .line = at});
    return 0;
}

static bool is_wanted(struct str path) {
    return str_starts(str_basename(path), STR("requirements")) &&
           !language_is_below(path, STR("site-packages")) && !language_is_below(path, STR("dist-packages"));
}

static int inspect(struct inspection *in, struct err *err) {
    struct lines lines = {in->body, 1};
    struct str line;
    uint32_t at;
    int rc = 0;
    if (!is_wanted(in->entry->path)) {
        return 0;
    }
    if (str_starts(lines.rest, STR("\xef\xbb\xbf"))) {
        lines.rest = str_from(lines.rest, 3);
    }
    while (rc == 0 && next_lines(&lines, &line, &at)) {
        rc = read_line(in, line, at, err);
    }
    return rc;
}

const struct inspector inspect_python_requirements = {
    .name = "python-requirements",
    .title = "pip requirements files",
    .reads = "requirements*.txt",
    .version = 1,
    .body_max = 16 * MIB,
    .wants = {{.suffix = ".txt"}},
    .inspect = inspect,
};
