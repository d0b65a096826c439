/* apk's database of Alpine and its children: lib/apk/db/installed.
 *
 * Alpine's wiki, "Apk spec": one stanza a package, a line a field, "<letter>:<value>", and an empty line at
 * the stanza's end. Package fields come first; then F: names a folder and each R: after it a file in it. */
#include "base/limits.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

struct database {
    struct problems problems;
    struct package package;
    uint32_t line;
    uint32_t first_line; /* of the stanza; 0 between two */
    struct str folder;
    struct owned owned;
};

static void put_file(struct database *database, struct str name) {
    char path[LIMIT_PATH];
    struct str folder = database->folder;
    if (!database->package.name.n || folder.n + 1 + name.n > sizeof path) {
        owned_end(&database->owned);
        problems_add(&database->problems, "line %u: a file without a package, or with too long a path",
                     database->line);
        return;
    }
    size_t n = 0;
    if (folder.n) {
        memcpy(path, folder.p, folder.n);
        n = folder.n;
        path[n++] = '/';
    }
    if (name.n) {
        memcpy(path + n, name.p, name.n);
    }
    database->owned.name = database->package.name;
    owned_add(&database->owned, str_n(path, n + name.n));
}

static void read_name(struct database *database, struct str value) {
    owned_end(&database->owned);
    database->package.name = value;
    database->package.line = database->line;
}

static void read_field(struct database *database, char letter, struct str value) {
    struct package *package = &database->package;
    switch (letter) {
    case 'P':
        read_name(database, value);
        break;
    case 'V':
        package->version = value;
        break;
    case 'A':
        package->arch = value;
        break;
    case 'o':
        package->source_name = value;
        break;
    case 'L':
        package->licence = value;
        break;
    case 'm':
        package->vendor = value;
        break;
    case 'F':
        database->folder = value;
        break;
    case 'R':
        put_file(database, value);
        break;
    default: /* checksums, sizes, dependencies, owners and modes */
        break;
    }
}

static void end_stanza(struct database *database) {
    owned_end(&database->owned);
    if (database->first_line) {
        installed_trim_source(&database->package);
        if (!installed_put(database->problems.facts, &database->package)) {
            problems_add(
                &database->problems,
                "line %u: the package's name (P:) or version (V:) is missing, or a field is too long",
                database->first_line);
        }
    }
    database->package = (struct package){.type = PACKAGE_APK};
    database->folder = STR_NONE;
    database->first_line = 0;
}

static void read_line(struct database *database, struct str line) {
    database->line++;
    if (!line.n) {
        end_stanza(database);
        return;
    }
    if (!database->first_line) {
        database->first_line = database->line;
    }
    if (line.n < 2 || line.p[1] != ':') {
        owned_end(&database->owned);
        problems_add(&database->problems, "line %u: not a field (\"<letter>:<value>\")", database->line);
        return;
    }
    read_field(database, line.p[0], str_from(line, 2));
}

static int inspect(struct inspection *in, struct err *err) {
    struct database database = {
        .problems = {in->facts, 0},
        .package = {.type = PACKAGE_APK},
        .owned = {.facts = in->facts, .type = PACKAGE_APK},
    };
    for (struct str rest = in->body, line; str_line(&rest, &line);) {
        read_line(&database, line);
    }
    end_stanza(&database);
    problems_end(&database.problems);
    return 0;
}

const struct inspector inspect_apk = {
    .name = "apk",
    .title = "Alpine packages",
    .reads = "lib/apk/db/installed, usr/lib/apk/db/installed",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.path = "lib/apk/db/installed"}, {.path = "usr/lib/apk/db/installed"}},
    .inspect = inspect,
};
