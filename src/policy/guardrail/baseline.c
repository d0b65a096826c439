#include "policy/guardrail/baseline.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/json.h"

enum { FINGERPRINT = 32 };

static int put(struct baseline *baseline, bool is_open, struct str fingerprint, struct err *err) {
    return map_put(is_open ? &baseline->open : &baseline->undecided, fingerprint, NULL) ? 0 : err_memory(err);
}

static struct baseline empty(struct arena *arena, struct str name) {
    return (struct baseline){name, map_new(arena), map_new(arena)};
}

struct baseline baseline_empty(struct arena *arena) {
    return empty(arena, STR_NONE);
}

/* ---- a report, in the cage: a byte for the status and the fingerprint, one after the other */

/* 'o', 'u', or 0 for what was set aside. What was only known stays known. */
static unsigned char letter_of(const struct doc *finding) {
    struct str status = doc_str(doc_get(finding, STR("status")));
    struct str by = doc_str(doc_path(finding, "decision.by"));
    if (str_eq(status, STR("open")) || (str_eq(status, STR("suppressed")) && str_eq(by, STR("baseline")))) {
        return 'o';
    }
    return str_eq(status, STR("undecided")) ? 'u' : 0;
}

static int parse_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *text = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_BASELINE_TREE);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_BASELINE);
    const struct doc *root = NULL;
    int r = json_parse(&arena, *text, &root, err);
    if (r < 0) {
        return r;
    }
    const struct doc *findings = doc_get(root, STR("findings"));
    if (!doc_is(findings, DOC_LIST) || !doc_str(doc_get(root, STR("schema_version"))).n) {
        return err_set(err, ERR_INPUT, "is no report of plimsoll scan --format json");
    }
    for (size_t i = 0; i < findings->list.n; i++) {
        const struct doc *finding = findings->list.items[i];
        struct str fingerprint = doc_str(doc_get(finding, STR("fingerprint")));
        unsigned char letter = letter_of(finding);
        if (letter && fingerprint.n == FINGERPRINT) {
            buf_byte(&out, letter);
            buf_str(&out, fingerprint);
        }
    }
    return out.failed ? err_memory(err) : cage_port_write(port, buf_view(&out), err);
}

int baseline_of_report(struct arena *arena, const char *path, struct baseline *out, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BASELINE_FILE), packed = buf_new(LIMIT_BASELINE);
    *out = empty(arena, str_c(path));
    int r = file_read(path, &text, err);
    if (r < 0) {
        return r;
    }
    struct str view = buf_view(&text);
    const struct cage_job job = {.run = parse_in_cage,
                                 .ctx = &view,
                                 .memory = LIMIT_BASELINE_TREE + LIMIT_BASELINE,
                                 .output_cap = LIMIT_BASELINE};
    if ((r = cage_call(&job, &packed, err)) < 0) {
        return err_at(err, "%s", path);
    }
    struct str rest = arena_str(arena, buf_view(&packed));
    if (!rest.p) {
        return err_memory(err);
    }
    for (; r == 0 && rest.n > FINGERPRINT; rest = str_from(rest, 1 + FINGERPRINT)) {
        r = put(out, rest.p[0] == 'o', str_sub(rest, 1, FINGERPRINT), err);
    }
    return r;
}

/* ---- a run */

static bool is_of_baseline(const struct finding *finding) {
    return finding->status == FINDING_SUPPRESSED &&
           str_find(finding->decision, STR("\"by\":\"baseline\"")) >= 0;
}

/* Of a page of findings; the fingerprints that count are kept. */
static int put_page(struct arena *arena, const struct finding_list *list, struct baseline *out,
                    struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < list->n; i++) {
        const struct finding *f = &list->p[i];
        bool is_open = f->status == FINDING_OPEN || is_of_baseline(f);
        if (is_open || f->status == FINDING_UNDECIDED) {
            struct str fingerprint = arena_str(arena, f->fingerprint);
            r = fingerprint.p ? put(out, is_open, fingerprint, err) : err_memory(err);
        }
    }
    return r;
}

int baseline_of_run(struct arena *arena, struct store *store, int64_t run, struct baseline *out,
                    struct err *err) {
    enum { PAGE = 256 };
    _cleanup_(arena_free) struct arena page = arena_new(LIMIT_REPORT_VIEW);
    struct finding_list list = {.n = PAGE};
    struct run known;
    int64_t last = 0;
    *out = empty(arena, arena_strf(arena, "run %lld", (long long)run));
    int r = store_get_run(store, arena, run, &known, err);
    while (r == 0 && list.n == PAGE) {
        arena_reset(&page);
        r = store_get_findings_after(store, &page, run, last, PAGE, &list, err);
        r = r == 0 ? put_page(arena, &list, out, err) : r;
        last = r == 0 && list.n ? list.p[list.n - 1].id : last;
    }
    return r;
}

bool baseline_knows(const struct baseline *baseline, const struct finding *finding) {
    bool was_open = map_get(&baseline->open, finding->fingerprint) != NULL;
    return was_open ||
           (finding->status == FINDING_UNDECIDED && map_get(&baseline->undecided, finding->fingerprint));
}
