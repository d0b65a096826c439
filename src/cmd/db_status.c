#include "base/clock.h"
#include "base/limits.h"
#include "cmd/db.h"
#include "doc/json_write.h"
#include "vuln/advisories.h"

/* Ecosystems of the systems and languages that are read: one that the database lacks is named. */
static const char *const wanted[] = {
    "AlmaLinux", "Alpine",    "crates.io", "Debian",  "Go",          "Maven",    "npm",  "NuGet",
    "openSUSE",  "Packagist", "PyPI",      "Red Hat", "Rocky Linux", "RubyGems", "SUSE", "Ubuntu",
};

struct status {
    struct db_run *run;
    const char *path;
    struct advisories_state state;
};

/* ---- for people */

static const char *date_text(int64_t seconds, char text[CLOCK_TEXT]) {
    if (!seconds) {
        return "-";
    }
    clock_format(seconds, text);
    return text;
}

/* "today", "3 days ago", "5 months ago". */
static void print_age(int64_t seconds) {
    enum { DAY = 24 * 60 * 60 };
    static const struct {
        long long days;
        const char *name;
    } units[] = {{365, "year"}, {30, "month"}, {1, "day"}};
    long long days = (long long)(clock_now() - seconds) / DAY;
    if (days < 1) {
        printf(" (today)");
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        /* Months from two on: below, days say more. */
        if (days >= units[i].days * (i < 2 ? 2 : 1)) {
            long long n = days / units[i].days;
            printf(" (%lld %s%s ago)", n, units[i].name, n == 1 ? "" : "s");
            return;
        }
    }
}

static void print_date(const char *name, bool has, int64_t seconds) {
    char text[CLOCK_TEXT];
    printf("%-8s %s", name, !has ? "none" : date_text(seconds, text));
    if (has && seconds) {
        print_age(seconds);
    }
    printf("\n");
}

static bool has_source(const struct advisories_state *state, const char *name) {
    for (size_t i = 0; i < state->sources_n; i++) {
        if (str_eq(state->sources[i].ecosystem, str_c(name))) {
            return true;
        }
    }
    return false;
}

static void print_lacks(const struct advisories_state *state) {
    const char *separator = "\nlacks    ";
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        if (!has_source(state, wanted[i])) {
            printf("%s%s", separator, wanted[i]);
            separator = ", ";
        }
    }
    if (separator[0] == ',') {
        printf("\n         to get them: plimsoll db update --ecosystem all\n");
    }
}

static void print_state(const struct status *status) {
    const struct advisories_state *state = &status->state;
    char text[CLOCK_TEXT];
    printf("%-8s %s\n", "file", status->path);
    printf("%-8s %s\n", "kind", state->is_snapshot ? "snapshot: facts without summaries" : "full");
    print_date("built", true, state->built);
    print_date("newest", true, state->newest);
    print_date("KEV", state->has_kev, state->kev_date);
    print_date("EPSS", state->has_epss, state->epss_date);
    printf("\n%-20s %10s  %-20s  %s\n", "ECOSYSTEM", "RECORDS", "NEWEST", "NOTE");
    for (size_t i = 0; i < state->sources_n; i++) {
        const struct advisories_source *source = &state->sources[i];
        printf("%-20.*s %10lld  %-20s  %.*s\n", STR_ARG(source->ecosystem), (long long)source->records,
               date_text(source->newest, text), STR_ARG(source->note));
    }
    print_lacks(state);
}

/* ---- for programs */

static void put_date(struct json_writer *w, struct str key, bool has, int64_t seconds) {
    char text[CLOCK_TEXT];
    json_key(w, key);
    if (has && seconds) {
        clock_format(seconds, text);
        json_str(w, str_c(text));
    } else {
        json_null(w);
    }
}

static void put_source(struct json_writer *w, const struct advisories_source *source) {
    json_begin_object(w);
    json_key(w, STR("ecosystem"));
    json_str(w, source->ecosystem);
    json_key(w, STR("records"));
    json_int(w, source->records);
    put_date(w, STR("newest"), true, source->newest);
    json_key(w, STR("isPartial"));
    json_bool(w, source->is_partial);
    json_key(w, STR("note"));
    json_str(w, source->note);
    json_end(w);
}

static void put_state(struct json_writer *w, const struct status *status) {
    const struct advisories_state *state = &status->state;
    json_begin_object(w);
    json_key(w, STR("file"));
    json_str(w, str_c(status->path));
    json_key(w, STR("isSnapshot"));
    json_bool(w, state->is_snapshot);
    put_date(w, STR("built"), true, state->built);
    put_date(w, STR("newest"), true, state->newest);
    put_date(w, STR("kev"), state->has_kev, state->kev_date);
    put_date(w, STR("epss"), state->has_epss, state->epss_date);
    json_key(w, STR("sources"));
    json_begin_array(w);
    for (size_t i = 0; i < state->sources_n; i++) {
        put_source(w, &state->sources[i]);
    }
    json_end(w);
    json_key(w, STR("lacks"));
    json_begin_array(w);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        if (!has_source(state, wanted[i])) {
            json_str(w, str_c(wanted[i]));
        }
    }
    json_end(w);
    json_end(w);
}

static int print_json(const struct status *status, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(4 * MIB);
    struct json_writer w = json_writer_new(&out, 2);
    put_state(&w, status);
    int r = json_finish(&w, err);
    if (r == 0) {
        printf("%.*s\n", STR_ARG(buf_view(&out)));
    }
    return r;
}

int db_status(struct db_run *run, struct err *err) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    struct status status = {.run = run};
    const char *format = arguments_get(run->arguments, "format");
    status.path = run->operand ? run->operand : advisories_default_path(run->arena);
    if (!status.path) {
        return err_set(err, ERR_ABSENT, "there is no advisory database. Get one: plimsoll db update");
    }
    int r = advisories_open(&advisories, status.path, err);
    if (r == 0) {
        r = advisories_state(advisories, run->arena, &status.state, err);
    }
    if (r < 0) {
        return r;
    }
    if (format && strcmp(format, "json") == 0) {
        return print_json(&status, err);
    }
    print_state(&status);
    return 0;
}
