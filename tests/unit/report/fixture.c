#include "fixture.h"

#include "base/limits.h"
#include "model/package_record.h"

#include "test.h"

/* 2026-11-24T12:00:00Z */
enum { NOW = 1795521600 };

struct fixture_package {
    enum package_type type;
    const char *name, *version, *source, *purl, *path;
    uint32_t line;
    int32_t layer;
    bool is_in_base;
};

static int64_t put_asset(struct store *store, int64_t run, enum asset_kind kind, struct str key,
                         struct str name, struct str version, struct str properties) {
    struct err err = ERR_NONE;
    int64_t id = 0;
    struct asset asset = {
        .kind = kind, .key = key, .name = name, .version = version, .properties = properties};
    assert_int_equal(store_put_asset(store, run, &asset, &id, &err), 0);
    return id;
}

static int64_t put_c(struct store *store, int64_t run, enum asset_kind kind, const char *key,
                     const char *name, const char *version, const char *properties) {
    return put_asset(store, run, kind, str_c(key), str_c(name), str_c(version), str_c(properties));
}

static int64_t put_package_as(struct store *store, int64_t run, const struct fixture_package *p,
                              enum asset_kind kind, int32_t removed_in) {
    _cleanup_(buf_free) struct buf json = buf_new(64 * MIB), key = buf_new(64 * MIB);
    struct package_record record = {.package = {.type = p->type,
                                                .flags = PACKAGE_IS_INSTALLED,
                                                .name = str_c(p->name),
                                                .version = str_c(p->version),
                                                .source_name = str_c(p->source),
                                                .line = p->line},
                                    .purl = str_c(p->purl),
                                    .path = str_c(p->path),
                                    .layer = p->layer,
                                    .removed_in = removed_in,
                                    .is_in_base = p->is_in_base};
    package_record_write(&json, &record);
    buf_printf(&key, "%s#%s", p->purl, p->path);
    assert_false(json.failed || key.failed);
    return put_asset(store, run, kind, buf_view(&key), str_c(p->name), str_c(p->version), buf_view(&json));
}

static int64_t put_package(struct store *store, int64_t run, const struct fixture_package *p) {
    return put_package_as(store, run, p, ASSET_PACKAGE, 0);
}

/* A finding on p with the usual fields; the rest comes in f. */
static void put_finding(struct store *store, int64_t run, int64_t asset, const struct fixture_package *p,
                        struct finding f) {
    struct err err = ERR_NONE;
    f.asset = asset;
    f.path = str_c(p->path);
    f.line = p->line;
    f.layer = p->layer;
    f.is_in_base = p->is_in_base;
    f.severity = f.severity ? f.severity : severity_of_score(f.score);
    assert_int_equal(store_put_finding(store, run, &f, NULL, &err), 0);
}

static void put_problem(struct store *store, int64_t run, const char *place, const char *message,
                        bool is_incomplete) {
    struct err err = ERR_NONE;
    struct problem problem = {str_c(place), str_c(message), is_incomplete};
    assert_int_equal(store_put_problem(store, run, &problem, &err), 0);
}

static int64_t begin(struct store *store, const char *target) {
    struct err err = ERR_NONE;
    struct run run = {.target = str_c(target), .version = STR("0.1.0"), .started = NOW};
    int64_t id = 0;
    assert_int_equal(store_begin(store, &err), 0);
    assert_int_equal(store_run_begin(store, &run, &id, &err), 0);
    return id;
}

static int64_t end(struct store *store, int64_t id, int64_t subject, bool is_complete,
                   const char *properties) {
    struct err err = ERR_NONE;
    struct run run = {.id = id,
                      .finished = NOW + 2,
                      .is_complete = is_complete,
                      .subject = subject,
                      .properties = str_c(properties)};
    assert_int_equal(store_run_end(store, &run, &err), 0);
    assert_int_equal(store_commit(store, &err), 0);
    return id;
}

static void put_layers(struct store *store, int64_t run) {
    static const char *const created_by[] = {
        "/bin/sh -c #(nop) ADD file:1a2b3c in / ",
        "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit",
        "COPY target/shop.war /app/ # buildkit",
        "COPY web/ /srv/web/ # buildkit",
    };
    for (unsigned i = 0; i < ARRAY_SIZE(created_by); i++) {
        char key[80], properties[256], name[8];
        snprintf(key, sizeof key, "sha256:%064x", i + 1);
        snprintf(name, sizeof name, "%u", i + 1);
        snprintf(properties, sizeof properties,
                 "{\"index\":%u,\"createdBy\":\"%s\",\"size\":%u,\"isBase\":%s,\"digest\":\"sha256:%064x\"}",
                 i + 1, created_by[i], 1000 * (i + 1), i ? "false" : "true", i + 100);
        put_c(store, run, ASSET_LAYER, key, name, "", properties);
    }
}

static const struct fixture_package libssl = {
    PACKAGE_DEB,           "libssl3", "3.0.11-1", "openssl", "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64",
    "var/lib/dpkg/status", 0,         1,          true};
static const struct fixture_package openssl = {
    PACKAGE_DEB,           "openssl", "3.0.11-1", "",  "pkg:deb/debian/openssl@3.0.11-1?arch=amd64",
    "var/lib/dpkg/status", 0,         1,          true};
static const struct fixture_package curl = {
    PACKAGE_DEB,           "curl", "7.88.1-10", "",   "pkg:deb/debian/curl@7.88.1-10?arch=amd64",
    "var/lib/dpkg/status", 0,      2,           false};
static const struct fixture_package lodash = {
    PACKAGE_NPM, "lodash", "4.17.20", "", "pkg:npm/lodash@4.17.20", "srv/web/package-lock.json",
    1204,        4,        false};
static const struct fixture_package installed_lodash = {PACKAGE_NPM,
                                                        "lodash",
                                                        "4.17.20",
                                                        "",
                                                        "pkg:npm/lodash@4.17.20",
                                                        "srv/web/node_modules/lodash/package.json",
                                                        3,
                                                        4,
                                                        false};
static const struct fixture_package nested_lodash = {
    PACKAGE_NPM, "lodash", "4.17.11", "", "pkg:npm/lodash@4.17.11", "srv/web/tool/package-lock.json",
    88,          4,        false};
static const struct fixture_package crypto = {PACKAGE_GOLANG,
                                              "golang.org/x/crypto",
                                              "v0.16.0",
                                              "",
                                              "pkg:golang/golang.org/x/crypto@v0.16.0",
                                              "app/bin/helper",
                                              0,
                                              3,
                                              false};

static void put_base_findings(struct store *store, int64_t run) {
    int64_t ssl = put_package(store, run, &libssl), tool = put_package(store, run, &openssl);
    const struct finding shared = {.rule = STR("CVE-2024-5535"),
                                   .score = 9.1,
                                   .fixed = STR("3.0.15-1"),
                                   .title = STR("SSL_select_next_proto may read past its buffer"),
                                   .evidence = STR("{\"epss\":{\"score\":0.034,\"percentile\":0.9}}")};
    put_finding(store, run, ssl, &libssl, shared);
    put_finding(store, run, tool, &openssl, shared);
    put_finding(store, run, ssl, &libssl,
                (struct finding){.rule = STR("CVE-2023-5678"), .score = 5.3, .fixed = STR("3.0.13-1")});
    put_finding(store, run, ssl, &libssl,
                (struct finding){.rule = STR("CVE-2010-0928"), .score = -1, .severity = SEVERITY_LOW});
    int64_t own = put_package(store, run, &curl);
    put_finding(store, run, own, &curl,
                (struct finding){.rule = STR("CVE-2023-38545"),
                                 .score = 9.8,
                                 .fixed = STR("7.88.1-10+deb12u4"),
                                 .title = STR("SOCKS5 heap buffer overflow"),
                                 .evidence = STR("{\"epss\":{\"score\":0.26,\"percentile\":0.96}}")});
    put_finding(store, run, own, &curl, (struct finding){.rule = STR("CVE-2024-0000"), .score = 7.5});
}

static void put_own_findings(struct store *store, int64_t run) {
    int64_t a = put_package(store, run, &lodash), b = put_package(store, run, &nested_lodash);
    const struct finding template = {.rule = STR("CVE-2021-23337"),
                                     .score = 7.2,
                                     .fixed = STR("4.17.21"),
                                     .title = STR("Command injection in lodash"),
                                     .evidence =
                                         STR("{\"aliases\":[\"GHSA-35jh-r3h4-6jhm\"],"
                                             "\"vector\":\"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H\","
                                             "\"kev\":{\"since\":\"2021-12-10\"},"
                                             "\"epss\":{\"score\":0.97,\"percentile\":0.999}}")};
    put_finding(store, run, a, &lodash, template);
    put_finding(store, run, b, &nested_lodash, template);
    put_finding(store, run, put_package(store, run, &installed_lodash), &installed_lodash, template);
    put_finding(store, run, b, &nested_lodash,
                (struct finding){.rule = STR("CVE-2019-10744"),
                                 .score = 9.1,
                                 .fixed = STR("4.17.12"),
                                 .title = STR("Prototype pollution in lodash")});
    int64_t c = put_package(store, run, &crypto);
    put_finding(
        store, run, c, &crypto,
        (struct finding){.rule = STR("CVE-2023-48795"),
                         .score = 5.9,
                         .fixed = STR("0.17.0"),
                         .status = FINDING_NOT_AFFECTED,
                         .evidence = STR("{\"reason\":\"golang.org/x/crypto/ssh is not linked into the "
                                         "binary.\"}")});
    put_finding(store, run, c, &crypto,
                (struct finding){.rule = STR("GO-2025-0001"),
                                 .score = 8.0,
                                 .status = FINDING_UNDECIDED,
                                 .evidence = STR("{\"reason\":\"The advisory gives no versions.\"}")});
    put_finding(store, run, c, &crypto,
                (struct finding){.rule = STR("CVE-2024-45337"),
                                 .score = 9.1,
                                 .fixed = STR("0.31.0"),
                                 .status = FINDING_SUPPRESSED,
                                 .evidence = STR("{\"reason\":\"Accepted by security until 2027-01-31.\"}")});
}

static const char run_properties[] =
    "{\"advisories\":{\"built\":\"2026-11-24T03:00:00Z\",\"newest\":\"2026-11-23T21:00:00Z\",\"isSnapshot\":"
    "false,"
    "\"lacks\":[\"EPSS\"]},\"cage\":{\"isOn\":true,\"lacks\":[]},\"seconds\":1.94,\"cachedLayers\":3}";

int64_t fixture_image(struct store *store) {
    int64_t run = begin(store, "shop/web:2.3");
    int64_t image =
        put_c(store, run, ASSET_IMAGE,
              "sha256:00000000000000000000000000000000000000000000000000000000000000aa", "shop/web:2.3", "",
              "{\"platform\":\"linux/amd64\",\"digest\":\"sha256:9f2c41d3a1b0c5e7"
              "00000000000000000000000000000000000000000000000000000000\",\"size\":312400000,"
              "\"created\":\"2026-10-14T11:00:00Z\",\"baseLayers\":1,\"base\":\"debian:12.5-slim\","
              "\"layersTotal\":4}");
    put_c(store, run, ASSET_OS, "debian-12", "Debian GNU/Linux 12", "12.5", "{}");
    put_layers(store, run);
    put_base_findings(store, run);
    put_own_findings(store, run);
    put_problem(store, run, "layer 3: app/shop.war",
                "zip central directory at byte 18,442,112: the archive is cut; "
                "build it again. The rest of the layer was read.",
                true);
    put_problem(store, run, "layer 2: usr/share/x/package.json", "line 3 column 1: is no JSON", false);
    return end(store, run, image, false, run_properties);
}

int64_t fixture_clean(struct store *store) {
    int64_t run = begin(store, "shop/web:2.4");
    int64_t image =
        put_c(store, run, ASSET_IMAGE, "sha256:bb", "shop/web:2.4", "", "{\"size\":1000,\"layersTotal\":1}");
    put_package(store, run, &lodash);
    return end(store, run, image, true,
               "{\"advisories\":{\"newest\":\"2026-11-23T21:00:00Z\"},\"seconds\":0.42}");
}

/* Of three in the base a rebuild removes two, and there is one in what the fourth layer replaces. Ids of
 * findings go up from 1. */
int64_t fixture_rebuilt(struct store *store) {
    static const struct fixture_package old_lodash = {
        PACKAGE_NPM, "lodash", "4.17.11", "", "pkg:npm/lodash@4.17.11", "srv/web/package-lock.json",
        88,          3,        false};
    int64_t run = begin(store, "shop/web:2.5");
    int64_t image =
        put_c(store, run, ASSET_IMAGE, "sha256:ab", "shop/web:2.5", "",
              "{\"platform\":\"linux/"
              "amd64\",\"size\":312400000,\"created\":\"2026-10-14T11:00:00Z\",\"baseLayers\":1,"
              "\"base\":\"r.example/golden/"
              "debian:12.5\",\"layersTotal\":4,\"registry\":\"docker.io\",\"repository\":"
              "\"shop/web\",\"isPinned\":false,\"baseImage\":{\"name\":\"golden/"
              "debian\",\"version\":\"12.5\",\"reference\":"
              "\"r.example/golden/"
              "debian:12.5\",\"created\":\"2026-06-01T00:00:00Z\",\"layers\":1,\"namedBy\":\"table\","
              "\"layersBy\":\"table\",\"isPinned\":false,\"file\":\"bases.yaml\"}}");
    put_c(store, run, ASSET_OS, "debian-12", "Debian GNU/Linux 12", "12.5", "{}");
    put_layers(store, run);
    put_base_findings(store, run);
    int64_t gone = put_package_as(store, run, &old_lodash, ASSET_REMOVED, 4);
    put_finding(store, run, gone, &old_lodash,
                (struct finding){.rule = STR("CVE-2019-10744"),
                                 .score = 9.1,
                                 .fixed = STR("4.17.12"),
                                 .status = FINDING_REMOVED,
                                 .title = STR("Prototype pollution in lodash")});
    return end(
        store, run, image, true,
        "{\"advisories\":{\"newest\":\"2026-11-23T21:00:00Z\"},\"seconds\":0.42,\"removed\":1,\"rebuild\":{"
        "\"name\":"
        "\"golden/debian\",\"version\":\"12.8\",\"reference\":\"r.example/golden/debian:12.8\",\"created\":"
        "\"2026-11-20T00:00:00Z\",\"isKnown\":true,\"vanishing\":[1,2,4],\"appears\":1,\"appearing\":[{"
        "\"rule\":"
        "\"CVE-2026-1\",\"type\":\"deb\",\"name\":\"zlib\",\"version\":\"1.3\",\"severity\":\"high\"}]}}");
}

static const char surface_properties[] =
    "{\"layersTotal\":3,\"files\":{\"setid\":[{\"path\":\"usr/bin/"
    "su\",\"type\":\"file\",\"mode\":\"4755\",\"uid\":"
    "0,\"gid\":0,\"package\":\"util-linux\",\"purl\":\"pkg:deb/debian/util-linux@2.38\",\"layer\":1,\"isInBa"
    "se\":true,\"origin\":\"package\"}],\"writable\":[{\"path\":\"app/"
    "up\",\"type\":\"directory\",\"mode\":\"0777"
    "\",\"uid\":0,\"gid\":0,\"package\":\"\",\"purl\":\"\",\"layer\":2,\"isInBase\":false}],\"tools\":[{"
    "\"name\":\"ba"
    "sh\",\"category\":\"shell\",\"path\":\"usr/bin/"
    "bash\",\"bytes\":1265648,\"package\":\"bash\",\"purl\":\"pkg:"
    "deb/debian/"
    "bash@5.2\",\"layer\":1,\"isInBase\":true},{\"name\":\"sh\",\"category\":\"shell\",\"path\":\"us"
    "r/bin/dash\",\"bytes\":125640,\"package\":\"dash\",\"purl\":\"pkg:deb/debian/dash@0.5\",\"layer\":1,\"is"
    "InBase\":true},{\"name\":\"gcc\",\"category\":\"compiler\",\"path\":\"usr/bin/"
    "gcc-12\",\"bytes\":21000000"
    "0,\"package\":\"gcc-12\",\"purl\":\"pkg:deb/debian/gcc-12@12.2\",\"layer\":2,\"isInBase\":false},{\"nam"
    "e\":\"netcat\",\"category\":\"network "
    "tool\",\"path\":\"opt/x/bin/nc\",\"bytes\":40000,\"package\":\"\",\"pu"
    "rl\":\"\",\"layer\":2,\"isInBase\":false}],\"caches\":[{\"name\":\"apt "
    "lists\",\"path\":\"var/lib/apt/list"
    "s\",\"bytes\":19000000,\"files\":9,\"layer\":2,\"isInBase\":false,\"removedIn\":0},{\"name\":\"pip\","
    "\"pat"
    "h\":\"root/.cache/pip\",\"bytes\":3000000,\"files\":40,\"layer\":2,\"isInBase\":false,\"removedIn\":3}]"
    ",\"isCut\":false,\"wasted\":{\"bytes\":15000000,\"files\":[{\"path\":\"opt/"
    "sdk\",\"bytes\":12000000,\"lay"
    "er\":1,\"isInBase\":true,\"removedIn\":2}]}}}";

int64_t fixture_surface(struct store *store) {
    int64_t run = begin(store, "shop/build:1");
    int64_t image = put_c(store, run, ASSET_IMAGE, "sha256:ee", "shop/build:1", "", surface_properties);
    int64_t id = put_package(store, run, &lodash);
    put_finding(store, run, id, &lodash, (struct finding){.rule = STR("CVE-2020-28500"), .score = 5.3});
    return end(store, run, image, true,
               "{\"advisories\":{\"newest\":\"2026-11-23T21:00:00Z\"},\"seconds\":0.42}");
}

int64_t fixture_empty(struct store *store) {
    int64_t run = begin(store, "scratch:1");
    int64_t image = put_c(store, run, ASSET_IMAGE, "sha256:dd", "scratch:1", "", "{\"layersTotal\":2}");
    return end(store, run, image, true, "{\"advisories\":{\"lacks\":[]}}");
}

int64_t fixture_old(struct store *store) {
    int64_t run = begin(store, "old");
    int64_t folder = put_c(store, run, ASSET_DIRECTORY, "old", "old", "", "{}");
    int64_t id = put_package(store, run, &lodash);
    put_finding(store, run, id, &lodash,
                (struct finding){.rule = STR("CVE-2020-28500"),
                                 .score = 5.3,
                                 .fixed = STR("4.17.21"),
                                 .evidence = STR("{\"kev\":{}}")});
    return end(store, run, folder, true,
               "{\"advisories\":{\"newest\":\"2026-11-14T00:00:00Z\",\"isSnapshot\":true,\"lacks\":["
               "\"Debian:12 (partial)\",\"npm (partial)\",\"Go (partial)\",\"Alpine:v3.19\",\"EPSS\"]}}");
}

int64_t fixture_incomplete(struct store *store) {
    int64_t run = begin(store, "web.tar");
    int64_t image = put_c(store, run, ASSET_IMAGE, "sha256:cc", "web.tar", "",
                          "{\"platform\":\"linux/arm64\",\"layersTotal\":9,\"size\":2500000000}");
    put_problem(
        store, run, "layer 3 of 9",
        "gzip data ends early at byte 18,442,112 of 20,004,004. The file is cut: fetch or save it again.",
        true);
    return end(store, run, image, false,
               "{\"advisories\":{\"newest\":\"2026-09-01T00:00:00Z\",\"isSnapshot\":true,\"lacks\":[\"EPSS\","
               "\"Ubuntu\"]},\"cage\":{\"isOn\":true,\"lacks\":[\"Landlock\"]}}");
}

int64_t fixture_directory(struct store *store) {
    static const struct fixture_package packages[] = {
        {PACKAGE_PYPI, "jinja2", "2.11.1", "", "pkg:pypi/jinja2@2.11.1", "requirements.txt", 3, 0, false},
        {PACKAGE_CARGO, "time", "0.1.43", "", "pkg:cargo/time@0.1.43", "tools/Cargo.lock", 71, 0, false},
        {PACKAGE_CARGO, "time", "0.2.10", "", "pkg:cargo/time@0.2.10", "tools/Cargo.lock", 80, 0, false},
    };
    int64_t run = begin(store, "dir:.");
    int64_t folder = put_c(store, run, ASSET_DIRECTORY, "/home/me/shop", "/home/me/shop", "", "{}");
    for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
        int64_t id = put_package(store, run, &packages[i]);
        put_finding(store, run, id, &packages[i],
                    (struct finding){.rule = i ? STR("CVE-2020-26235") : STR("CVE-2024-22195"),
                                     .score = i ? 7.5 : 5.4,
                                     .fixed = i ? STR("0.2.23") : STR("3.1.3")});
    }
    return end(store, run, folder, true, "{}");
}

int64_t fixture_hostile(struct store *store) {
    static char long_name[10 * 1000 * 1000 + 1];
    memset(long_name, 'A', sizeof long_name - 1);
    const struct fixture_package packages[] = {
        {PACKAGE_NPM, "\033[2J\033[1;1Hevil\r\n", "1\0332", "", "pkg:npm/evil@1", "a\xe2\x80\xae/\x9b\x80", 1,
         0, false},
        {PACKAGE_NPM, long_name, "1", "", "pkg:npm/a@1", "b", 0, 0, false},
    };
    int64_t run = begin(store, "x\033]0;owned\a");
    int64_t folder = put_c(store, run, ASSET_DIRECTORY, "x", "x\033]0;owned\a", "", "{}");
    for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
        int64_t id = put_package(store, run, &packages[i]);
        put_finding(store, run, id, &packages[i],
                    (struct finding){.rule = STR("CVE-2021-\033[31m1"),
                                     .score = 9.9,
                                     .title = STR("\xe2\x81\xa6 hidden\0\xff"),
                                     .fixed = i ? STR("2") : STR("2\033c")});
    }
    put_problem(store, run, "\033[Aplace", "\033[31m", true);
    return end(store, run, folder, false, "{}");
}

static int64_t fill_large(struct store *store, unsigned n) {
    int64_t run = begin(store, "large");
    int64_t folder = put_c(store, run, ASSET_DIRECTORY, "large", "large", "", "{}");
    for (unsigned i = 0; i < n; i++) {
        char name[32], purl[64], rule[32];
        snprintf(name, sizeof name, "package-%u", i / 5);
        snprintf(purl, sizeof purl, "pkg:npm/%s@1.0.%u", name, i % 5);
        snprintf(rule, sizeof rule, "CVE-2021-%u", i);
        struct fixture_package p = {PACKAGE_NPM,         name,  "1.0.0", "",   purl,
                                    "package-lock.json", i + 1, 0,       false};
        int64_t id = put_package(store, run, &p);
        put_finding(
            store, run, id, &p,
            (struct finding){.rule = str_c(rule),
                             .score = 7.5,
                             .fixed = STR("1.2.3"),
                             .title = STR("A title"),
                             .evidence = STR("{\"aliases\":[\"GHSA-aaaa-bbbb-cccc\"],\"vector\":\"CVSS:3.1/"
                                             "AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H\",\"epss\":{\"score\":0.97,"
                                             "\"percentile\":0.999}}")});
    }
    return end(store, run, folder, true, "{}");
}

int64_t fixture_large(struct store *store) {
    return fill_large(store, 10000);
}

int64_t fixture_beyond(struct store *store) {
    return fill_large(store, 25010);
}

int fixture_try(struct store *store, int64_t *run, struct err *err) {
    struct run start = {.target = STR("t"), .version = STR("0.1.0"), .started = NOW};
    struct asset package = {.kind = ASSET_PACKAGE,
                            .key = STR("pkg:npm/a@1#p"),
                            .name = STR("a"),
                            .version = STR("1"),
                            .properties =
                                STR("{\"type\":\"npm\",\"name\":\"a\",\"version\":\"1\",\"path\":\"p\"}")};
    struct asset folder = {.kind = ASSET_DIRECTORY, .key = STR("t"), .name = STR("t")};
    struct problem problem = {STR("p"), STR("m"), true};
    int64_t id;
    int code;
    if ((code = store_run_begin(store, &start, run, err)) < 0 ||
        (code = store_put_asset(store, *run, &folder, &start.subject, err)) < 0 ||
        (code = store_put_asset(store, *run, &package, &id, err)) < 0) {
        return code;
    }
    start.id = *run;
    struct finding check = {.kind = FINDING_CONFIGURATION,
                            .asset = id,
                            .rule = STR("c"),
                            .title = STR("check"),
                            .severity = SEVERITY_HIGH,
                            .path = STR("p"),
                            .line = 1,
                            .evidence = STR("{\"resource\":\"r\",\"message\":\"m\"}"),
                            .fingerprint = STR("g")};
    if ((code = store_run_end(store, &start, err)) < 0 ||
        (code = store_put_finding(store, *run, &check, NULL, err)) < 0) {
        return code;
    }
    struct finding finding = {.asset = id,
                              .rule = STR("CVE-1"),
                              .severity = SEVERITY_HIGH,
                              .score = 7.5,
                              .fixed = STR("2"),
                              .path = STR("p"),
                              .fingerprint = STR("f")};
    code = store_put_finding(store, *run, &finding, NULL, err);
    return code < 0 ? code : store_put_problem(store, *run, &problem, err);
}

static void say_asked(struct store *store, int64_t id, enum severity least) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct run run;
    assert_int_equal(store_get_run(store, &arena, id, &run, &err), 0);
    struct str rest = run.properties.n > 2 ? str_from(run.properties, 1) : STR("}");
    run.properties = arena_strf(&arena,
                                "{\"guardrails\":{\"rules\":[{\"name\":\"--fail-on %s\",\"by\":\"fail-on\","
                                "\"action\":\"block\"}]}%s%.*s",
                                severity_name(least), rest.n > 1 ? "," : "", STR_ARG(rest));
    assert_int_equal(store_run_end(store, &run, &err), 0);
}

void fixture_block(struct store *store, int64_t run, enum severity least) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct finding_list list;
    assert_int_equal(store_get_findings(store, &arena, run, &list, &err), 0);
    struct str decision =
        arena_strf(&arena, "{\"by\":\"fail-on\",\"guardrail\":\"--fail-on %s\"}", severity_name(least));
    for (size_t i = 0; i < list.n; i++) {
        struct finding *f = &list.p[i];
        if (f->status == FINDING_OPEN && f->severity >= least) {
            f->action = ACTION_BLOCK;
            f->decision = decision;
            assert_int_equal(store_decide_finding(store, f, &err), 0);
        }
    }
    say_asked(store, run, least);
}
