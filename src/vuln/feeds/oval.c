/* OVAL definitions (https://oval.mitre.org) of Oracle and of Azure Linux.
 *
 * What a definition tests stands in the comments of its criteria, which these vendors write in a fixed form:
 * "openssl is earlier than 1:3.0.7-24.el9", "Oracle Linux 9 is installed", "Module nodejs:18 is enabled". */
#include "base/clock.h"
#include "base/limits.h"
#include "doc/xml.h"
#include "vuln/feeds/parser.h"

struct definition {
    struct feed_parser *p;
    struct feed_draft draft;
    struct str release; /* ecosystem of the criteria around; empty: none is said */
};

static const struct xml_element *metadata_of(const struct xml_element *definition) {
    return xml_first(definition, STR("metadata"));
}

/* "Oracle Linux 9", "Oracle Linux 9 is installed". */
static int set_release(struct definition *d, struct str text) {
    const struct str prefix = STR("Oracle Linux ");
    struct str version, rest;
    if (!str_starts(text, prefix)) {
        return 0;
    }
    str_cut(str_from(text, prefix.n), ' ', &version, &rest);
    uint64_t number;
    if (!str_to_u64(version, 10, &number) || (rest.n && !str_eq(rest, STR("is installed")))) {
        return 0;
    }
    d->release = arena_strf(&d->p->arena, "Oracle Linux:%llu", (unsigned long long)number);
    return d->release.p ? 0 : err_memory(d->p->err);
}

static void set_module(struct definition *d, struct str text) {
    const struct str before = STR("Module "), after = STR(" is enabled");
    if (str_starts(text, before) && str_ends(text, after) && !d->draft.record.module.n) {
        d->draft.record.module = str_sub(text, before.n, text.n - before.n - after.n);
    }
}

/* Builds for Ksplice and FIPS are lines of versions of their own, above the ordinary ones: their repair says
 * nothing of the ordinary package. */
static bool is_other_line(struct str version) {
    return str_find(version, STR(".ksplice")) >= 0 || str_find(version, STR("_fips")) >= 0;
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

static int add_package(struct definition *d, struct str text) {
    const struct str words = STR(" is earlier than ");
    ptrdiff_t at = str_find(text, words);
    if (at < 0) {
        return 0;
    }
    struct str name = str_sub(text, 0, (size_t)at), version = str_from(text, (size_t)at + words.n);
    if (str_starts(version, STR("0:"))) {
        version = str_from(version, 2);
    }
    if (!d->release.n) {
        return err_set(d->p->err, ERR_INPUT, "%.*s: no criterion says of which release", STR_ARG(name));
    }
    return is_other_line(version) || has(&d->draft, d->release, name, version)
               ? 0
               : feed_draft_add(d->p, &d->draft, d->release, name, FEED_FIXED, version);
}

/* A release is said for the criteria beside and below it. Depth: the XML reader's. */
static int walk(struct definition *d, const struct xml_element *criteria) {
    struct str around = d->release;
    int r = 0;
    for (const struct xml_element *e = xml_first(criteria, STR("criterion")); e && r == 0; e = xml_next(e)) {
        struct str text = xml_attribute(e, STR("comment"));
        set_module(d, text);
        r = set_release(d, text);
    }
    for (const struct xml_element *e = xml_first(criteria, STR("criterion")); e && r == 0; e = xml_next(e)) {
        r = add_package(d, xml_attribute(e, STR("comment")));
    }
    for (const struct xml_element *e = xml_first(criteria, STR("criteria")); e && r == 0; e = xml_next(e)) {
        r = walk(d, e);
    }
    d->release = around;
    return r;
}

/* Of one platform the criteria need not say again which. */
static int set_platform(struct definition *d, const struct xml_element *metadata) {
    const struct xml_element *platform = xml_first(xml_first(metadata, STR("affected")), STR("platform"));
    return platform && !xml_next(platform) ? set_release(d, platform->text) : 0;
}

static int add_references(struct definition *d, const struct xml_element *metadata) {
    int r = 0;
    for (const struct xml_element *e = xml_first(metadata, STR("reference")); e && r == 0; e = xml_next(e)) {
        struct str id = xml_attribute(e, STR("ref_id"));
        if (str_eq_nocase(xml_attribute(e, STR("source")), STR("elsa"))) {
            d->draft.record.id = id;
        } else if (str_eq_nocase(xml_attribute(e, STR("source")), STR("cve"))) {
            r = feed_draft_upstream(d->p, &d->draft, id);
        }
    }
    return r;
}

static void set_severity(struct osv_record *record, const struct xml_element *advisory) {
    struct str word = xml_text(advisory, STR("severity"));
    struct str day = xml_attribute(xml_first(advisory, STR("issued")), STR("date"));
    int64_t seconds;
    record->word = word.n <= LIMIT_OSV_WORD ? word : STR_NONE;
    record->published = clock_parse(day, &seconds) && seconds > 0 ? seconds : 0;
}

static int read_oracle(struct definition *d, const struct xml_element *root) {
    const struct xml_element *metadata = metadata_of(root);
    int r = add_references(d, metadata);
    if (r == 0 && (!d->draft.record.id.n || d->draft.record.id.n > LIMIT_OSV_ID)) {
        r = err_set(d->p->err, ERR_INPUT, "a definition without an ELSA");
    }
    d->draft.record.summary = str_sub(xml_text(metadata, STR("title")), 0, LIMIT_OSV_SUMMARY);
    set_severity(&d->draft.record, xml_first(metadata, STR("advisory")));
    r = r < 0 ? r : set_platform(d, metadata);
    return r < 0 ? r : walk(d, xml_first(root, STR("criteria")));
}

/* ---- Azure Linux: "CVE-2024-1 affecting package vim for versions less than 9.1-1"; without a repair "...
 * for no patch is available", and "patchable" says "Not Applicable" of what is not affected. */

static int read_azure(struct definition *d, const struct xml_element *root) {
    const struct str affecting = STR(" affecting package "), less = STR(" for versions less than ");
    const struct xml_element *metadata = metadata_of(root);
    struct str title = xml_text(metadata, STR("title")), patchable = xml_text(metadata, STR("patchable"));
    ptrdiff_t at = str_find(title, affecting);
    if (at <= 0 || at > LIMIT_OSV_ID) {
        return err_set(d->p->err, ERR_INPUT, "a title that does not say which package is affected");
    }
    struct str name, rest = str_from(title, (size_t)at + affecting.n), version = STR_NONE;
    ptrdiff_t end = str_find(rest, less);
    str_cut(rest, ' ', &name, &version);
    d->draft.record.id = str_sub(title, 0, (size_t)at);
    d->draft.record.summary = str_sub(xml_text(metadata, STR("description")), 0, LIMIT_OSV_SUMMARY);
    set_severity(&d->draft.record, metadata);
    enum feed_status status = FEED_UNFIXED;
    if (end > 0) {
        status = FEED_FIXED;
        version = str_from(rest, (size_t)end + less.n);
    }
    if (str_eq_nocase(patchable, STR("Not Applicable"))) {
        status = FEED_UNAFFECTED;
    }
    return feed_draft_add(d->p, &d->draft, d->release, name, status, version);
}

/* ---- all */

typedef int read_definition(struct definition *d, const struct xml_element *root);

static int parse_definition(struct feed_parser *p, struct str text, struct str ecosystem,
                            read_definition *read) {
    struct err cause = ERR_NONE;
    const struct xml_element *root;
    arena_reset(&p->arena);
    int r = xml_parse(&p->arena, text, &root, &cause);
    if (r < 0) {
        return feed_report(p, STR("definition"), r, &cause);
    }
    struct definition d = {p, feed_draft_new(STR_NONE), ecosystem};
    r = read(&d, root);
    if (r < 0) {
        cause = *p->err;
        struct str id = d.draft.record.id.n ? d.draft.record.id : xml_attribute(root, STR("id"));
        return feed_report(p, id.n ? id : STR("definition"), r, &cause);
    }
    return feed_draft_send(p, &d.draft);
}

static int parse(struct feed_parser *p, struct str bytes, struct str ecosystem, read_definition *read) {
    struct str rest = bytes, text;
    int r = 0;
    while (r == 0 && feed_next_element(&rest, STR("<definition "), STR("</definition>"), &text)) {
        r = parse_definition(p, text, ecosystem, read);
    }
    if (r == 0 && str_find(rest, STR("</oval_definitions>")) < 0) {
        return feed_send_problem(p, STR_NONE, "not OVAL definitions, or they end early; fetch them again");
    }
    return r;
}

int feed_parse_oracle(struct feed_parser *p, struct str bytes) {
    return parse(p, bytes, STR_NONE, read_oracle);
}

int feed_parse_azure(struct feed_parser *p, struct str bytes, struct str ecosystem) {
    return parse(p, bytes, ecosystem, read_azure);
}
