/* Amazon's updateinfo.xml (createrepo's format, as in every repository of Amazon Linux): an erratum with the
 * CVEs that it repairs and the packages, by name and version, that bring the repair. */
#include "base/clock.h"
#include "base/limits.h"
#include "doc/xml.h"
#include "vuln/feeds/parser.h"

/* "amazon-linux-2---core", "amazon-linux-2023": the collection names the release. */
static const struct {
    struct str prefix, ecosystem;
} releases[] = {
    {STR("amazon-linux-2023"), STR("Amazon Linux:2023")},
    {STR("amazon-linux-2"), STR("Amazon Linux:2")},
    {STR("amazon-linux-ami"), STR("Amazon Linux:2018.03")},
};

static struct str ecosystem_of(struct str collection) {
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
        struct str rest = str_from(collection, releases[i].prefix.n);
        if (str_starts(collection, releases[i].prefix) && (!rest.n || rest.p[0] == '-')) {
            return releases[i].ecosystem;
        }
    }
    return STR_NONE;
}

/* "2024-01-03 22:51:00", "2024-01-03T22:51:00Z": the day is enough. */
static int64_t time_of(const struct xml_element *date) {
    int64_t seconds;
    struct str day = str_sub(xml_attribute(date, STR("date")), 0, sizeof "2024-01-03" - 1);
    return clock_parse(day, &seconds) && seconds > 0 ? seconds : 0;
}

static bool has(const struct feed_draft *draft, struct str ecosystem, struct str name, struct str version) {
    for (size_t i = 0; i < draft->affected.n; i++) {
        const struct osv_affected *a = &draft->affected.p[i];
        if (str_eq(a->ecosystem, ecosystem) && str_eq(a->name, name) &&
            str_eq(a->ranges->events[1].version, version)) {
            return true;
        }
    }
    return false;
}

/* The same for each architecture. */
static int add_package(struct feed_parser *p, struct feed_draft *draft, struct str ecosystem,
                       const struct xml_element *package) {
    struct str name = xml_attribute(package, STR("name")), version = xml_attribute(package, STR("version"));
    struct str release = xml_attribute(package, STR("release"));
    if (str_eq(xml_attribute(package, STR("arch")), STR("src"))) {
        return 0;
    }
    if (!version.n || !release.n) {
        return err_set(p->err, ERR_INPUT, "line %u: a package without version or release", package->line);
    }
    struct str fixed = feed_rpm_version(p, xml_attribute(package, STR("epoch")), version, release);
    if (!fixed.p) {
        return err_memory(p->err);
    }
    return has(draft, ecosystem, name, fixed) ? 0
                                              : feed_draft_add(p, draft, ecosystem, name, FEED_FIXED, fixed);
}

static int add_collection(struct feed_parser *p, struct feed_draft *draft, const struct xml_element *list) {
    struct str ecosystem = ecosystem_of(xml_attribute(list, STR("short")));
    if (!ecosystem.n) {
        return err_set(p->err, ERR_UNSUPPORTED, "a collection that is none of Amazon Linux");
    }
    int r = 0;
    for (const struct xml_element *e = xml_first(list, STR("package")); e && r == 0; e = xml_next(e)) {
        r = add_package(p, draft, ecosystem, e);
    }
    return r;
}

static int add_references(struct feed_parser *p, struct feed_draft *draft, const struct xml_element *list) {
    int r = 0;
    for (const struct xml_element *e = xml_first(list, STR("reference")); e && r == 0; e = xml_next(e)) {
        if (str_eq_nocase(xml_attribute(e, STR("type")), STR("cve"))) {
            r = feed_draft_upstream(p, draft, xml_attribute(e, STR("id")));
        }
    }
    return r;
}

static int read_update(struct feed_parser *p, struct feed_draft *draft, const struct xml_element *update) {
    const struct xml_element *packages = xml_first(update, STR("pkglist"));
    struct str id = draft->record.id;
    if (!id.n || id.n > LIMIT_OSV_ID) {
        return err_set(p->err, ERR_INPUT, "an erratum without an id");
    }
    draft->record.summary = str_sub(xml_text(update, STR("title")), 0, LIMIT_OSV_SUMMARY);
    draft->record.word = str_sub(xml_text(update, STR("severity")), 0, LIMIT_OSV_WORD);
    draft->record.published = time_of(xml_first(update, STR("issued")));
    draft->record.modified = time_of(xml_first(update, STR("updated")));
    int r = add_references(p, draft, xml_first(update, STR("references")));
    for (const struct xml_element *e = xml_first(packages, STR("collection")); e && r == 0; e = xml_next(e)) {
        r = add_collection(p, draft, e);
    }
    return r;
}

static bool is_security(const struct xml_element *update) {
    return str_eq(xml_attribute(update, STR("type")), STR("security"));
}

static int parse_update(struct feed_parser *p, struct str text) {
    struct err cause = ERR_NONE;
    const struct xml_element *update;
    arena_reset(&p->arena);
    int r = xml_parse(&p->arena, text, &update, &cause);
    if (r < 0) {
        return feed_report(p, STR("update"), r, &cause);
    }
    if (!is_security(update)) {
        return 0;
    }
    struct feed_draft draft = feed_draft_new(xml_text(update, STR("id")));
    r = read_update(p, &draft, update);
    if (r < 0) {
        cause = *p->err;
        return feed_report(p, draft.record.id.n ? draft.record.id : STR("update"), r, &cause);
    }
    return feed_draft_send(p, &draft);
}

int feed_parse_amazon(struct feed_parser *p, struct str bytes) {
    struct str rest = bytes, text;
    int r = 0;
    while (r == 0 && feed_next_element(&rest, STR("<update "), STR("</update>"), &text)) {
        r = parse_update(p, text);
    }
    if (r == 0 && str_find(rest, STR("</updates>")) < 0) {
        return feed_send_problem(p, STR_NONE, "not an updateinfo.xml, or it ends early; fetch it again");
    }
    return r;
}
