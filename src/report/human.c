#include "report/human.h"

#include "base/clock.h"
#include "report/decisions.h"
#include "report/fixes.h"
#include "report/formats.h"

enum {
    DAY = 24 * 60 * 60,
    AGED_DAYS = 2, /* advisories older than this have their age said */
    OLD_DAYS = 7,  /* and how to renew them */
};

/* ---- what was scanned */

struct str human_size(struct view *view, int64_t bytes) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < ARRAY_SIZE(units); unit++) {
        value /= 1000;
    }
    return view_format(view, unit >= 3 && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static struct str format_count(struct view *view, int64_t n, const char *one, const char *many) {
    return view_format(view, "%lld %s", (long long)n, n == 1 ? one : many);
}

/* "a", "a, b", and with " and " for the last "a, b and c". */
static struct str list_words(struct view *view, const struct str *words, size_t n, const char *last) {
    struct str all = n ? words[0] : STR_NONE;
    for (size_t i = 1; i < n; i++) {
        all = view_format(view, "%.*s%s%.*s", STR_ARG(all), i + 1 == n ? last : ", ", STR_ARG(words[i]));
    }
    return all;
}

static struct str format_digest(struct view *view, struct str digest) {
    struct str algorithm, value;
    if (!str_cut(digest, ':', &algorithm, &value) || value.n <= 12) {
        return digest;
    }
    return view_format(view, "%.*s:%.*s…", STR_ARG(algorithm), STR_ARG(str_sub(value, 0, 12)));
}

static struct str format_extent(struct view *view) {
    const struct view_target *target = &view->target;
    if (target->asset.kind != ASSET_IMAGE) {
        return STR_NONE;
    }
    struct str layers = format_count(view, target->layers, "layer", "layers");
    return target->size
               ? view_format(view, "%.*s in %.*s", STR_ARG(human_size(view, target->size)), STR_ARG(layers))
               : layers;
}

static struct str format_age(struct view *view) {
    int64_t created = view->target.created, now = view->run.started;
    if (created <= 0 || created > now) {
        return STR_NONE;
    }
    int64_t days = (now - created) / DAY;
    return days ? view_format(view, "built %lld day%s ago", (long long)days, days == 1 ? "" : "s")
                : STR("built today");
}

struct str human_base_place(struct view *view) {
    int64_t n = view->target.base_layers;
    if (n <= 0) {
        return STR("base");
    }
    return n == 1 ? STR("base, layer 1") : view_format(view, "base, layers 1-%lld", (long long)n);
}

static struct str format_base(struct view *view) {
    int64_t n = view->target.base_layers;
    struct str base = view->target.base;
    if (!base.n && n <= 0) {
        return STR_NONE;
    }
    struct str layers = n == 1 ? STR("layer 1") : view_format(view, "layers 1-%lld", (long long)n);
    if (!base.n) {
        return view_format(view, "base %.*s", STR_ARG(layers));
    }
    return n > 0 ? view_format(view, "base %.*s (%.*s)", STR_ARG(base), STR_ARG(layers))
                 : view_format(view, "base %.*s", STR_ARG(base));
}

/* ---- with which advisories */

/* "Debian:12" as people write it. */
static struct str format_ecosystem(struct view *view, struct str name) {
    struct str distribution, release;
    return str_cut(name, ':', &distribution, &release)
               ? view_format(view, "%.*s %.*s", STR_ARG(distribution), STR_ARG(release))
               : name;
}

/* "Debian 12 and npm only in part, no Go or EPSS". */
static struct str format_lacks(struct view *view) {
    const struct view_advisories *a = &view->advisories;
    struct str *parts = arena_array(&view->arena, 2 * a->lacks_n + 1, sizeof *parts);
    if (!parts) {
        view->failed = true;
        return STR_NONE;
    }
    struct str *none = parts + a->lacks_n, partial = STR(" (partial)"), sides[2];
    size_t parts_n = 0, none_n = 0, sides_n = 0;
    for (size_t i = 0; i < a->lacks_n; i++) {
        bool is_partial = str_ends(a->lacks[i], partial);
        struct str name = str_sub(a->lacks[i], 0, a->lacks[i].n - (is_partial ? partial.n : 0));
        *(is_partial ? &parts[parts_n++] : &none[none_n++]) = format_ecosystem(view, name);
    }
    if (parts_n) {
        struct str list = list_words(view, parts, parts_n, " and ");
        sides[sides_n++] = view_format(view, "%.*s only in part", STR_ARG(list));
    }
    if (none_n) {
        struct str list = list_words(view, none, none_n, " or ");
        sides[sides_n++] = view_format(view, "no %.*s", STR_ARG(list));
    }
    return list_words(view, sides, sides_n, ", ");
}

static int64_t advisories_date(const struct view *view) {
    return view->advisories.newest ? view->advisories.newest : view->advisories.built;
}

static int64_t advisories_days(const struct view *view) {
    return (view->run.started - advisories_date(view)) / DAY;
}

static struct str format_advisories(struct view *view) {
    const struct view_advisories *a = &view->advisories;
    if (!a->is_known) {
        return STR_NONE;
    }
    if (a->is_empty && !view->packages_total && view->resources_n) {
        return STR_NONE; /* nothing here is compared with them */
    }
    if (a->is_empty) {
        return STR("no advisories to compare with: plimsoll db update");
    }
    char day[CLOCK_TEXT];
    clock_format(advisories_date(view), day);
    day[10] = 0; /* the date of "2026-11-23T10:00:00Z" */
    int64_t days = advisories_days(view);
    struct str age = days > AGED_DAYS ? view_format(view, ", %lld days old", (long long)days) : STR_NONE;
    struct str notes[2] = {STR("snapshot"), format_lacks(view)};
    size_t first = a->is_snapshot ? 0 : 1, n = (notes[1].n ? 2 : 1) - first;
    struct str note = list_words(view, notes + first, n, "; ");
    return n ? view_format(view, "advisories of %s%.*s (%.*s)", day, STR_ARG(age), STR_ARG(note))
             : view_format(view, "advisories of %s%.*s", day, STR_ARG(age));
}

void human_end_line(struct text *t) {
    if (t->column) {
        text_line(t);
    }
}

/* A part that may be wider than the terminal, and must not be cut. */
static void put_wide(struct text *t, enum text_style style, struct str s) {
    if (t->width && text_columns(t, s) > t->width) {
        human_end_line(t);
        text_fold(t, style, s, 0);
    } else {
        text_part(t, style, s, 0);
    }
}

static void put_advisories(struct text *t, struct view *view) {
    const struct view_advisories *a = &view->advisories;
    put_wide(t, TEXT_PLAIN, format_advisories(view));
    if (a->is_known && !a->is_empty && (view->packages_total || !view->resources_n) &&
        advisories_days(view) > OLD_DAYS) {
        text_part(t, TEXT_BOLD, STR("newer: plimsoll db update"), 0);
    }
}

static struct str format_cage(struct view *view) {
    struct str lacks = list_words(view, view->cage.lacks, view->cage.lacks_n, " and ");
    if (!view->cage.is_known || (view->cage.is_on && !lacks.n)) {
        return STR_NONE;
    }
    return view->cage.is_on ? view_format(view, "cage without %.*s", STR_ARG(lacks))
                            : STR("read without a cage");
}

static struct str format_packages(struct view *view) {
    struct str packages = format_count(view, (int64_t)view->packages_total, "package", "packages");
    struct str resources = format_count(view, (int64_t)view->resources_n, "resource", "resources");
    if (!view->packages_total && !view->resources_n) {
        return STR("no packages found");
    }
    if (!view->packages_total) {
        return resources;
    }
    return view->resources_n ? view_format(view, "%.*s, %.*s", STR_ARG(packages), STR_ARG(resources))
                             : packages;
}

static struct str format_seconds(struct view *view) {
    return view->seconds < 0 ? STR_NONE : view_format(view, "%.1f s", view->seconds);
}

/* "bill of materials: SPDX of syft 1.19.0, sha256:0123456789ab, not signed" */
static void put_document(struct text *t, struct view *view, const struct view_document *d) {
    if (!d->is_bill && !d->is_vex) {
        return;
    }
    const char *use = d->is_bill && d->is_vex ? "bill of materials and VEX"
                      : d->is_bill            ? "bill of materials"
                                              : "VEX";
    struct str by = d->producer.n ? d->producer : STR("nobody named");
    text_part(t, TEXT_PLAIN, view_format(view, "%s: %.*s of %.*s", use, STR_ARG(d->format), STR_ARG(by)), 0);
    text_part(t, TEXT_DIM, format_digest(view, d->digest), 0);
    text_part(t, TEXT_PLAIN, str_sub(d->way, 0, 60), 0);
    text_part(t, TEXT_BOLD, d->is_signed ? STR("signature not verified") : STR("not signed"), 0);
    human_end_line(t);
}

static void put_documents(struct text *t, struct view *view) {
    for (size_t i = 0; i < view->documents_n; i++) {
        put_document(t, view, &view->documents[i]);
    }
}

void human_header(struct text *t, struct view *view) {
    text_part(t, TEXT_BOLD, view->target.asset.name, 0);
    text_part(t, TEXT_PLAIN, view->target.platform, 0);
    text_part(t, TEXT_DIM, format_digest(view, view->target.digest), 0);
    text_part(t, TEXT_PLAIN, format_extent(view), 0);
    text_part(t, TEXT_PLAIN, view_os_name(view, &view->os), 0);
    text_part(t, TEXT_PLAIN, format_age(view), 0);
    text_line(t);
    text_part(t, TEXT_PLAIN, format_base(view), 0);
    text_part(t, TEXT_PLAIN, format_packages(view), 0);
    put_advisories(t, view);
    text_part(t, TEXT_PLAIN, format_cage(view), 0);
    text_part(t, TEXT_DIM, format_seconds(view), 0);
    human_end_line(t);
    put_documents(t, view);
}

/* "412 packages in 9 layers" */
static struct str format_contents(struct view *view) {
    struct str packages = format_packages(view);
    if (view->target.asset.kind != ASSET_IMAGE) {
        return packages;
    }
    struct str layers = format_count(view, view->target.layers, "layer", "layers");
    return view_format(view, "%.*s in %.*s", STR_ARG(packages), STR_ARG(layers));
}

/* Where nothing was looked at, nothing found would say too much. */
static struct str format_nothing(const struct view *view) {
    bool has_compared = view->packages_total && !(view->advisories.is_known && view->advisories.is_empty);
    if (!has_compared && !view->resources_n) {
        return STR_NONE;
    }
    return view->run.is_complete ? STR("nothing found") : STR("nothing found in what was read");
}

void human_nothing(struct text *t, struct view *view) {
    text_part(t, TEXT_BOLD, view->target.asset.name, 0);
    text_part(t, TEXT_PLAIN, format_contents(view), 0);
    text_part(t, TEXT_PLAIN, format_nothing(view), 0);
    put_advisories(t, view);
    text_part(t, TEXT_PLAIN, format_cage(view), 0);
    text_part(t, TEXT_DIM, format_seconds(view), 0);
    human_end_line(t);
    put_documents(t, view);
}

/* ---- how bad it is */

static void put_blocked(struct text *t, struct view *view) {
    if (view->is_blocked) {
        const struct view_guardrails *all = view->guardrails;
        text_c(t, TEXT_CRITICAL, "BLOCKED");
        if (all->n == 1) {
            text_c(t, TEXT_PLAIN, " by ");
            text_put(t, TEXT_PLAIN, all->p[0].name, 0);
        } else {
            text_printf(t, TEXT_PLAIN, " by %zu of %zu guardrails", all->blocking, all->n);
        }
    }
}

static void put_nothing(struct text *t, struct view *view) {
    struct str nothing = format_nothing(view);
    if (nothing.n) {
        text_line(t);
        text_put(t, TEXT_PLAIN, nothing, 0);
        text_line(t);
    }
}

void human_counts(struct text *t, struct view *view) {
    if (!view->statuses[FINDING_OPEN] && !view->is_blocked) {
        put_nothing(t, view);
        return;
    }
    text_line(t);
    put_blocked(t, view);
    if (view->is_blocked && (!t->width || t->width >= 100)) {
        text_pad(t, t->column + 2);
    } else if (view->is_blocked) {
        text_line(t);
    }
    for (int i = SEVERITY_CRITICAL; i >= SEVERITY_UNKNOWN; i--) {
        size_t n = view->severities[i];
        if (n || i >= SEVERITY_LOW) {
            text_part(t, n ? text_style_of((enum severity)i) : TEXT_DIM,
                      view_format(view, "%s %zu", severity_name((enum severity)i), n), 0);
        }
    }
    if (view->exploited) {
        text_pad(t, t->column + 2);
        text_part(t, TEXT_EXPLOITED, view_format(view, "known exploited %zu", view->exploited), 0);
    }
    text_line(t);
}

/* ---- what is left to say */

static void put_footer(struct text *t, struct view *view, size_t rest) {
    const size_t *n = view->statuses;
    text_line(t);
    text_part(t, TEXT_DIM, rest ? view_format(view, "%zu more: --all", rest) : STR_NONE, 0);
    if (!view->options.shows_suppressed) {
        struct str words[3];
        size_t words_n = 0;
        for (int i = FINDING_NOT_AFFECTED; i < FINDING_REMOVED; i++) {
            if (n[i]) {
                words[words_n++] =
                    view_format(view, "%zu %s", n[i], finding_status_name((enum finding_status)i));
            }
        }
        struct str all = list_words(view, words, words_n, ", ");
        text_part(t, TEXT_DIM,
                  words_n ? view_format(view, "%.*s: --show-suppressed", STR_ARG(all)) : STR_NONE, 0);
    }
    if (n[FINDING_REMOVED] && !view->options.shows_removed) {
        struct str what = format_count(view, (int64_t)n[FINDING_REMOVED], "finding", "findings");
        text_part(
            t, TEXT_DIM,
            view_format(view, "%.*s in what later layers delete or replace: --show-removed", STR_ARG(what)),
            0);
    }
    text_part(t, TEXT_DIM, STR("data: --format json"), 0);
    text_line(t);
}

static bool has_nothing_to_say(const struct view *view) {
    return !view->rows_n && !view->problems.n && view->run.is_complete && !view->statuses[FINDING_REMOVED];
}

/* Only what blocks, and that something was not read: an incomplete result must not look like a clean one. */
static int put_quiet(struct text *t, struct view *view, struct err *err) {
    size_t rest;
    if (view->is_blocked) {
        text_part(t, TEXT_BOLD, view->target.asset.name, 0);
        text_pad(t, t->column + 3);
        put_blocked(t, view);
        text_line(t);
        int code = human_findings(t, view, &rest, err);
        if (code < 0) {
            return code;
        }
        human_removed(t, view);
    }
    human_problems(t, view);
    return 0;
}

static int put_report(struct text *t, struct view *view, struct err *err) {
    size_t rest = 0;
    int code;
    if (view->options.is_quiet) {
        return put_quiet(t, view, err);
    }
    if (has_nothing_to_say(view)) {
        human_nothing(t, view);
        return 0;
    }
    human_header(t, view);
    human_counts(t, view);
    if ((code = human_fixes(t, view, err)) < 0 || (code = human_findings(t, view, &rest, err)) < 0) {
        return code;
    }
    human_surface(t, view);
    human_set_aside(t, view);
    human_removed(t, view);
    human_explain(t, view);
    human_problems(t, view);
    put_footer(t, view, rest);
    return 0;
}

int report_human(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    int code = view_load(&view, store, run, options, err);
    if (code < 0) {
        return code;
    }
    _cleanup_(text_free) struct text t = text_new(out, options->width, options->has_colour);
    code = put_report(&t, &view, err);
    if (code == 0 && out->failed) {
        return err_memory(err);
    }
    return code == 0 ? view_failure(&view, err) : code;
}
