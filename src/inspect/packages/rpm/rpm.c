/* rpm's database of installed packages, in any of its three forms (rpm_db.h).
 *
 * version is [epoch:]version-release with the epoch as the header states it, also when it is 0. The source's
 * comes from the name of the source rpm, which has no epoch. gpg-pubkey entries, which `rpm -qa` lists, are
 * trusted keys and no packages, and are left out. */
#include "base/limits.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/rpm/rpm_db.h"
#include "inspect/packages/rpm/rpm_header.h"

/* ---- one package */

/* "bash-5.1.8-6.el9.src.rpm" */
static void read_source(struct str file, struct package *package) {
    struct str stem, kind, release, version;
    if (!str_ends(file, STR(".rpm"))) {
        return;
    }
    str_cut_last(str_sub(file, 0, file.n - 4), '.', &stem, &kind);
    if (!str_cut_last(stem, '-', &version, &release) ||
        !str_cut_last(version, '-', &package->source_name, &version)) {
        return;
    }
    package->source_version = str_from(stem, package->source_name.n + 1);
}

static struct str without_epoch(struct str version) {
    return str_from(version, (size_t)(str_find_byte(version, ':') + 1));
}

static int read_version(const struct rpm_header *header, struct arena *arena, struct package *package,
                        struct err *err) {
    struct str version = rpm_header_string(header, RPM_VERSION),
               release = rpm_header_string(header, RPM_RELEASE);
    uint32_t epoch;
    if (!version.n || !release.n || version.n + release.n > LIMIT_FIELD) {
        return 0;
    }
    package->version = rpm_header_u32(header, RPM_EPOCH, &epoch)
                           ? arena_strf(arena, "%u:%.*s-%.*s", epoch, STR_ARG(version), STR_ARG(release))
                           : arena_strf(arena, "%.*s-%.*s", STR_ARG(version), STR_ARG(release));
    return package->version.p ? 0 : err_memory(err);
}

static int read_package(const struct rpm_header *header, struct arena *arena, struct package *package,
                        struct err *err) {
    *package = (struct package){
        .type = PACKAGE_RPM,
        .name = rpm_header_string(header, RPM_NAME),
        .arch = rpm_header_string(header, RPM_ARCH),
        .licence = rpm_header_string(header, RPM_LICENSE),
        .vendor = rpm_header_string(header, RPM_VENDOR),
    };
    int code = read_version(header, arena, package, err);
    read_source(rpm_header_string(header, RPM_SOURCERPM), package);
    installed_trim_source(package);
    if (str_eq(package->source_version, without_epoch(package->version))) {
        package->source_version = STR_NONE;
    }
    return code;
}

static int put_path(void *user, struct str path) {
    owned_add(user, path);
    return 0;
}

static int put_paths(struct rpm_reader *reader, const struct rpm_header *header, struct str name,
                     const char *place, struct err *err) {
    struct owned owned = {.facts = reader->in->facts, .type = PACKAGE_RPM, .name = name};
    struct err why = ERR_NONE;
    int code = rpm_header_paths(header, put_path, &owned, &why);
    owned_end(&owned);
    if (code == ERR_MEMORY) {
        return err_memory(err);
    }
    if (code < 0) {
        problems_add(&reader->problems, "%s: %s", place, why.message);
    }
    return 0;
}

/* ---- the reader */

struct rpm_reader rpm_reader_new(struct inspection *in, struct rpm_needs *needs) {
    return (struct rpm_reader){.in = in, .problems = {in->facts, 0}, .needs = needs, .left = in->body.n};
}

int rpm_reader_header(struct rpm_reader *reader, struct str blob, const char *place, struct err *err) {
    struct rpm_header header;
    struct package package;
    struct err why = ERR_NONE;
    if (blob.n > reader->left) {
        return err_set(err, ERR_INPUT, "%s: the headers overlap: together they are longer than the file",
                       place);
    }
    reader->left -= blob.n;
    if (rpm_header_open(&header, blob, &why) < 0) {
        problems_add(&reader->problems, "%s: %s", place, why.message);
        return 0;
    }
    if (read_package(&header, reader->in->arena, &package, err) < 0) {
        return ERR_MEMORY;
    }
    if (str_eq(package.name, STR("gpg-pubkey"))) {
        return 0;
    }
    package.licence = str_sub(package.licence, 0, LIMIT_FIELD);
    package.vendor = str_sub(package.vendor, 0, LIMIT_FIELD);
    if (!installed_fits(&package)) {
        problems_add(&reader->problems, "%s: the name, version or release is missing or too long", place);
        return 0;
    }
    int code = rpm_needs_take(reader->needs, &package, &header, err);
    return code < 0 ? code : put_paths(reader, &header, package.name, place, err);
}

/* ---- the inspector */

static const struct {
    size_t at;
    struct str magic;
    int (*read)(struct rpm_reader *reader, struct err *err);
} backends[] = {
    {0, {"SQLite format 3", 16}, rpm_sqlite_read},
    {0, {"RpmP", 4}, rpm_ndb_read},
    {12, {"\x61\x15\x06\x00", 4}, rpm_bdb_read}, /* a hash, little endian */
    {12, {"\x00\x06\x15\x61", 4}, rpm_bdb_read}, /* and big endian */
};

/* What was read before a database broke is kept. */
static int read_all(struct rpm_reader *reader, size_t backend, struct err *err) {
    struct err unwritten = ERR_NONE;
    int code = backends[backend].read(reader, err);
    int put = rpm_needs_put(reader->needs, &reader->problems, code < 0 ? &unwritten : err);
    problems_end(&reader->problems);
    return code < 0 ? code : put;
}

static int inspect(struct inspection *in, struct err *err) {
    struct rpm_needs needs = rpm_needs_new(in->arena);
    struct rpm_reader reader = rpm_reader_new(in, &needs);
    for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
        if (str_starts(str_from(in->body, backends[i].at), backends[i].magic)) {
            return read_all(&reader, i, err);
        }
    }
    return err_set(err, ERR_INPUT, "byte 0: neither SQLite, NDB nor a Berkeley DB hash (%zu bytes)",
                   in->body.n);
}

const struct inspector inspect_rpm = {
    .name = "rpm",
    .title = "RPM packages",
    .reads = "Packages, Packages.db or rpmdb.sqlite in var/lib/rpm, usr/lib/sysimage/rpm and usr/share/rpm",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants =
        {
            {.path = "var/lib/rpm/Packages"},
            {.path = "var/lib/rpm/Packages.db"},
            {.path = "var/lib/rpm/rpmdb.sqlite"},
            {.path = "usr/lib/sysimage/rpm/Packages"},
            {.path = "usr/lib/sysimage/rpm/Packages.db"},
            {.path = "usr/lib/sysimage/rpm/rpmdb.sqlite"},
            {.path = "usr/share/rpm/Packages"}, /* rpm-ostree, which never had NDB */
            {.path = "usr/share/rpm/rpmdb.sqlite"},
        },
    .inspect = inspect,
};
