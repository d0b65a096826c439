/* Gradle's records of what it resolved (docs.gradle.org, "Locking dependency versions", "Verifying
 * dependencies"):
 *
 * gradle.lockfile, buildscript-gradle.lockfile      "group:artifact:version=configuration,..."
 * gradle/dependency-locks/<configuration>.lockfile  "group:artifact:version", before Gradle 7
 * gradle/verification-metadata.xml                  checksums of all that may be used
 *
 * What only tests, or only the build itself, use has the mark of development. */
#include "base/limits.h"
#include "doc/xml.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static bool is_of_tests(struct str configuration) {
    return str_starts(configuration, STR("test")) || str_starts(configuration, STR("androidTest")) ||
           str_starts(configuration, STR("integrationTest"));
}

static bool all_are_of_tests(struct str configurations) {
    bool any = false;
    for (struct str rest = configurations, one; str_split(&rest, ',', &one); any = true) {
        if (!is_of_tests(str_trim(one))) {
            return false;
        }
    }
    return any;
}

/* "group:artifact:version" */
static bool cut_coordinates(struct str text, struct str *name, struct str *version) {
    struct str group, artifact;
    return str_cut_last(text, ':', name, version) && version->n && str_cut(*name, ':', &group, &artifact) &&
           group.n && artifact.n && str_find_byte(artifact, ':') < 0;
}

static bool take_line(struct inspection *in, struct str line, unsigned flags, uint32_t n) {
    struct str coordinates, configurations, name, version;
    str_cut(line, '=', &coordinates, &configurations);
    if (str_eq(coordinates, STR("empty"))) {
        return true;
    }
    if (!cut_coordinates(str_trim(coordinates), &name, &version)) {
        return false;
    }
    flags |= all_are_of_tests(configurations) ? PACKAGE_IS_DEVELOPMENT : 0;
    language_package(in,
                     &(struct package){
                         .type = PACKAGE_MAVEN, .flags = flags, .name = name, .version = version, .line = n});
    return true;
}

static void read_lockfile(struct inspection *in, unsigned flags) {
    struct problems problems = {in->facts, 0};
    struct str rest = in->body, line;
    for (uint32_t n = 1; str_line(&rest, &line); n++) {
        line = str_trim(line);
        if (line.n && line.p[0] != '#' && !take_line(in, line, flags, n)) {
            problems_add(&problems, "line %u: not \"group:artifact:version\"", n);
        }
    }
    problems_end(&problems);
}

/* ---- verification-metadata.xml */

/* Of the component's archive, not of its pom or module file. */
static struct str archive_sum(const struct xml_element *component, bool *is_sha512) {
    struct str name, extension;
    const struct xml_element *artifact = xml_first(component, STR("artifact"));
    for (; artifact; artifact = xml_next(artifact)) {
        str_cut_last(xml_attribute(artifact, STR("name")), '.', &name, &extension);
        const struct xml_element *sha512 = xml_first(artifact, STR("sha512"));
        const struct xml_element *sha256 = xml_first(artifact, STR("sha256"));
        *is_sha512 = sha512;
        if ((sha512 || sha256) && (str_eq(extension, STR("jar")) || str_eq(extension, STR("aar")))) {
            return xml_attribute(sha512 ? sha512 : sha256, STR("value"));
        }
    }
    return STR_NONE;
}

static int put_component(struct inspection *in, const struct xml_element *component, struct err *err) {
    bool is_sha512;
    struct str group = xml_attribute(component, STR("group")), name = xml_attribute(component, STR("name"));
    struct str sum = archive_sum(component, &is_sha512);
    struct package package = {
        .type = PACKAGE_MAVEN,
        .name = arena_strf(in->arena, "%.*s:%.*s", STR_ARG(group), STR_ARG(name)),
        .version = xml_attribute(component, STR("version")),
        .line = component->line,
    };
    if (sum.n && sum.n <= 128) {
        package.checksum = arena_strf(in->arena, "sha%d:%.*s", is_sha512 ? 512 : 256, STR_ARG(sum));
    }
    if (!package.name.p || (sum.n && sum.n <= 128 && !package.checksum.p)) {
        return err_memory(err);
    }
    if (group.n && name.n && package.version.n) {
        language_package(in, &package);
    }
    return 0;
}

static int read_verification(struct inspection *in, struct err *err) {
    const struct xml_element *root;
    int r = xml_parse(in->arena, in->body, &root, err);
    const struct xml_element *e =
        r == 0 ? xml_first(xml_first(root, STR("components")), STR("component")) : NULL;
    for (; r == 0 && e; e = xml_next(e)) {
        r = put_component(in, e, err);
    }
    return r;
}

static int inspect(struct inspection *in, struct err *err) {
    struct str name = str_basename(in->entry->path), configuration, suffix;
    if (str_eq(name, STR("verification-metadata.xml"))) {
        return read_verification(in, err);
    }
    str_cut(name, '.', &configuration, &suffix);
    if (str_eq(name, STR("gradle.lockfile"))) {
        read_lockfile(in, 0);
    } else if (str_eq(name, STR("buildscript-gradle.lockfile"))) {
        read_lockfile(in, PACKAGE_IS_DEVELOPMENT);
    } else {
        read_lockfile(in, is_of_tests(configuration) ? PACKAGE_IS_DEVELOPMENT : 0);
    }
    return 0;
}

const struct inspector inspect_gradle = {
    .name = "gradle",
    .title = "Gradle lockfiles and checksums",
    .reads = "gradle.lockfile, buildscript-gradle.lockfile, dependency-locks/*.lockfile, "
             "verification-metadata.xml",
    .version = 1,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.name = "gradle.lockfile"},
              {.name = "buildscript-gradle.lockfile"},
              {.folder = "dependency-locks", .suffix = ".lockfile"},
              {.name = "verification-metadata.xml"}},
    .inspect = inspect,
};
