#include "base/limits.h"
#include "cmd/db.h"
#include "cmd/terminal.h"
#include "doc/json_write.h"
#include "vuln/compare.h"

/* Lines of one source for people; JSON has all. */
enum { LINES_MOST = 40, PACKAGES_MOST = 3 };

static const char *const words[] = {
    [DIFFERENCE_APPEARS] = "came", [DIFFERENCE_VANISHES] = "went", [DIFFERENCE_CHANGES] = "changed"};

struct counts {
    size_t n[DIFFERENCE_CHANGES + 1];
};

struct report {
    struct json_writer *json;      /* NULL: for people */
    char source[LIMIT_OSV_ID + 1]; /* that is being told of */
    struct counts of_source, all;
    size_t lines;
};

/* ---- for people */

static size_t sum_of(const struct counts *counts) {
    return counts->n[DIFFERENCE_APPEARS] + counts->n[DIFFERENCE_VANISHES] + counts->n[DIFFERENCE_CHANGES];
}

static void print_counts(const char *name, const struct counts *counts) {
    print_safe(stdout, "%s: %zu came, %zu went, %zu changed\n", name, counts->n[DIFFERENCE_APPEARS],
               counts->n[DIFFERENCE_VANISHES], counts->n[DIFFERENCE_CHANGES]);
}

static void end_source(struct report *report) {
    size_t n = sum_of(&report->of_source);
    if (!n) {
        return;
    }
    if (n > report->lines) {
        print_safe(stdout, "  and %zu more; --format json has all\n", n - report->lines);
    }
    print_counts(report->source, &report->of_source);
    report->of_source = (struct counts){0};
    report->lines = 0;
}

static void print_fixed(struct str fixed) {
    print_safe(stdout, "%s%.*s", fixed.n ? "fixed in " : "not fixed", STR_ARG(fixed));
}

/* The other side's word on the same package. */
static const struct compared_package *find_package(const struct compared_side *side,
                                                   const struct compared_package *package) {
    for (size_t i = 0; i < side->packages_n; i++) {
        if (str_eq(side->packages[i].ecosystem, package->ecosystem) &&
            str_eq(side->packages[i].name, package->name)) {
            return &side->packages[i];
        }
    }
    return NULL;
}

static void print_package(const struct compared_advisory *a, const struct compared_package *package) {
    const struct compared_package *old = find_package(&a->old, package);
    print_safe(stdout, "    %.*s %.*s: ", STR_ARG(package->ecosystem), STR_ARG(package->name));
    print_fixed(old ? old->fixed : package->fixed);
    if (a->kind == DIFFERENCE_CHANGES && !old) {
        print_safe(stdout, " (was not affected)");
    } else if (a->kind == DIFFERENCE_CHANGES && old == package) {
        print_safe(stdout, " → not affected");
    } else if (old && old != package && str_eq(old->fixed, package->fixed)) {
        print_safe(stdout, ", in other versions");
    } else if (old && old != package) {
        print_safe(stdout, " → ");
        print_fixed(package->fixed);
    }
    putchar('\n');
}

/* Those of the new side, then those that only the old one has. */
static void print_packages(const struct compared_advisory *a) {
    const struct compared_side *sides[] = {&a->new_one, &a->old};
    size_t n = 0;
    for (size_t s = 0; s < ARRAY_SIZE(sides); s++) {
        for (size_t i = 0; i < sides[s]->packages_n; i++) {
            const struct compared_package *package = &sides[s]->packages[i];
            if ((s == 0 || !find_package(&a->new_one, package)) && ++n <= PACKAGES_MOST) {
                print_package(a, package);
            }
        }
    }
    if (n > PACKAGES_MOST) {
        print_safe(stdout, "    and %zu packages more\n", n - PACKAGES_MOST);
    }
}

static struct str cve_of(const struct compared_advisory *a) {
    for (size_t i = 0; i < a->aliases_n; i++) {
        if (str_starts(a->aliases[i], STR("CVE-")) && !str_starts(a->id, STR("CVE-"))) {
            return a->aliases[i];
        }
    }
    return STR_NONE;
}

static void print_advisory(const struct compared_advisory *a) {
    struct str cve = cve_of(a);
    print_safe(stdout, "  %-7s %.*s", words[a->kind], STR_ARG(a->id));
    if (cve.n) {
        print_safe(stdout, " (%.*s)", STR_ARG(cve));
    }
    if (a->old.severity || a->new_one.severity) {
        const struct compared_side *first = a->old.is_there ? &a->old : &a->new_one;
        bool is_other = a->kind == DIFFERENCE_CHANGES && a->old.severity != a->new_one.severity;
        print_safe(stdout, "  %s%s%s", severity_name(first->severity), is_other ? " → " : "",
                   is_other ? severity_name(a->new_one.severity) : "");
    }
    print_safe(stdout, "%s%s%.*s\n", a->is_exploited ? "  exploited" : "", a->title.n ? "  " : "",
               STR_ARG(a->title));
    print_packages(a);
}

/* ---- JSON */

static void put_side(struct json_writer *w, struct str key, const struct compared_side *side) {
    json_key(w, key);
    if (!side->is_there) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, STR("severity"));
    json_str(w, str_c(severity_name(side->severity)));
    json_key(w, STR("packages"));
    json_begin_array(w);
    for (size_t i = 0; i < side->packages_n; i++) {
        json_begin_object(w);
        json_key(w, STR("ecosystem"));
        json_str(w, side->packages[i].ecosystem);
        json_key(w, STR("name"));
        json_str(w, side->packages[i].name);
        json_key(w, STR("fixed"));
        json_str(w, side->packages[i].fixed);
        json_end(w);
    }
    json_end(w);
    json_end(w);
}

static void put_advisory(struct json_writer *w, const struct compared_advisory *a) {
    json_begin_object(w);
    json_key(w, STR("change"));
    json_str(w, str_c(words[a->kind]));
    json_key(w, STR("source"));
    json_str(w, a->source);
    json_key(w, STR("id"));
    json_str(w, a->id);
    json_key(w, STR("aliases"));
    json_begin_array(w);
    for (size_t i = 0; i < a->aliases_n; i++) {
        json_str(w, a->aliases[i]);
    }
    json_end(w);
    json_key(w, STR("title"));
    json_str(w, a->title);
    json_key(w, STR("isExploited"));
    json_bool(w, a->is_exploited);
    put_side(w, STR("old"), &a->old);
    put_side(w, STR("new"), &a->new_one);
    json_end(w);
}

/* ---- all */

static int take(void *context, const struct compared_advisory *advisory, struct err *err) {
    struct report *report = context;
    if (report->json) {
        put_advisory(report->json, advisory);
        return 0;
    }
    struct str source = str_sub(advisory->source, 0, LIMIT_OSV_ID);
    if (!str_eq(str_c(report->source), source)) {
        end_source(report);
        snprintf(report->source, sizeof report->source, "%.*s", STR_ARG(source));
    }
    report->of_source.n[advisory->kind]++;
    report->all.n[advisory->kind]++;
    if (report->lines < LINES_MOST) {
        print_advisory(advisory);
        report->lines++;
    }
    return 0;
}

static int print_words(const char *old, const char *new_one, struct err *err) {
    struct report report = {0};
    int r = advisories_compare(old, new_one, take, &report, err);
    if (r == 0) {
        end_source(&report);
        print_counts("in all", &report.all);
    }
    return r;
}

static int print_json(const char *old, const char *new_one, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_UPDATE);
    struct json_writer w = json_writer_new(&out, 2);
    struct report report = {.json = &w};
    json_begin_array(&w);
    int r = advisories_compare(old, new_one, take, &report, err);
    json_end(&w);
    r = r < 0 ? r : json_finish(&w, err);
    if (r == 0) {
        print_safe(stdout, "%.*s\n", STR_ARG(buf_view(&out)));
    }
    return r;
}

int db_compare(const char *old, const char *new_one, bool is_json, struct err *err) {
    return is_json ? print_json(old, new_one, err) : print_words(old, new_one, err);
}
