#include "report/cyclonedx_vulnerabilities.h"

#include "base/limits.h"
#include "report/words.h"

struct writer {
    struct json_writer *w;
    struct view *view;
    struct buf text;
    struct map keys; /* a package's asset id → its number in the bill + 1 */
    const struct bill *bill;
};

static void put(struct json_writer *w, const char *key, struct str s) {
    json_key(w, str_c(key));
    json_str(w, s);
}

static void begin_list(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_begin_array(w);
}

static const char *method_of(struct str vector) {
    static const char *const methods[][2] = {
        {"CVSS:4.", "CVSSv4"}, {"CVSS:3.1", "CVSSv31"}, {"CVSS:3.0", "CVSSv3"}, {"AV:", "CVSSv2"}};
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (str_starts(vector, str_c(methods[i][0]))) {
            return methods[i][1];
        }
    }
    return "other";
}

static void put_ratings(struct json_writer *w, const struct view_finding *finding) {
    begin_list(w, "ratings");
    json_begin_object(w);
    if (finding->f.score >= 0) {
        json_key(w, STR("score"));
        json_double(w, finding->f.score);
    }
    put(w, "severity", str_c(severity_name(finding->f.severity)));
    if (finding->vector.n) {
        put(w, "method", str_c(method_of(finding->vector)));
        put(w, "vector", finding->vector);
    }
    json_end(w);
    json_end(w);
}

/* NULL: the format has no word for it. */
static const char *justification_of(const struct view_finding *finding) {
    static const char *const words[][2] = {
        {"component_not_present", "code_not_present"},
        {"vulnerable_code_not_present", "code_not_present"},
        {"vulnerable_code_not_in_execute_path", "code_not_reachable"},
        {"inline_mitigations_already_exist", "protected_by_mitigating_control"},
    };
    for (size_t i = 0; finding->vex && i < ARRAY_SIZE(words); i++) {
        if (str_eq(finding->vex->justification, str_c(words[i][0]))) {
            return words[i][1];
        }
    }
    return finding->vex ? NULL : "code_not_present"; /* not linked */
}

static void put_state(struct json_writer *w, const struct view_finding *finding) {
    bool is_fixed = finding->vex && str_eq(finding->vex->status, STR("fixed"));
    if (finding->f.status == FINDING_UNDECIDED) {
        put(w, "state", STR("in_triage"));
    } else if (finding->f.status == FINDING_SUPPRESSED) {
        begin_list(w, "response");
        json_str(w, STR("will_not_fix"));
        json_end(w);
    } else {
        const char *justification = is_fixed ? NULL : justification_of(finding);
        put(w, "state", is_fixed ? STR("resolved") : STR("not_affected"));
        if (justification) {
            put(w, "justification", str_c(justification));
        }
    }
}

static void put_analysis(struct json_writer *w, const struct view_finding *finding) {
    if (view_is_open(finding)) {
        return;
    }
    json_key(w, STR("analysis"));
    json_begin_object(w);
    put_state(w, finding);
    if (finding->reason.n) {
        put(w, "detail", finding->reason);
    }
    json_end(w);
}

static struct str id_key(const int64_t *id) {
    return str_n((const char *)id, sizeof *id);
}

static int number_packages(struct writer *out, struct err *err) {
    for (size_t i = 0; i < out->bill->packages_n; i++) {
        uint64_t *slot = map_put(&out->keys, id_key(&out->bill->packages[i].asset.id), NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = i + 1;
    }
    return 0;
}

static void put_affected(struct writer *out, const struct view_finding *finding) {
    const uint64_t *number = map_get(&out->keys, id_key(&finding->f.asset));
    begin_list(out->w, "affects");
    if (number) {
        json_begin_object(out->w);
        put(out->w, "ref", out->bill->packages[*number - 1].asset.key);
        json_end(out->w);
    }
    json_end(out->w);
}

static void put_vulnerability(struct writer *out, const struct view_finding *finding) {
    struct json_writer *w = out->w;
    json_begin_object(w);
    put(w, "id", finding->f.rule);
    put_ratings(w, finding);
    if (finding->f.title.n) {
        put(w, "description", finding->f.title);
    }
    words_begin(out->view, &out->text);
    words_fix(&out->text, finding);
    if (out->text.n) {
        put(w, "recommendation", buf_view(&out->text));
    }
    put_analysis(w, finding);
    put_affected(out, finding);
    json_end(w);
}

static int put_all(struct writer *out, struct err *err) {
    struct view *view = out->view;
    int r = number_packages(out, err);
    begin_list(out->w, "vulnerabilities");
    for (size_t i = 0; r == 0 && i < view->rows_n; i++) {
        const struct view_row *row = &view->rows[i];
        bool is_of_bill = row->kind == FINDING_VULNERABILITY && row->status != FINDING_REMOVED;
        const struct view_finding *finding = is_of_bill ? view_show(view, row) : NULL;
        if (finding && finding->package) {
            put_vulnerability(out, finding);
            r = view_drain(view, out->w->out, err);
        }
    }
    json_end(out->w);
    r = r == 0 ? view_failure(view, err) : r;
    return r == 0 && out->text.failed ? err_memory(err) : r;
}

int cyclonedx_put_vulnerabilities(struct json_writer *w, const struct bill *bill, struct store *store,
                                  struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    size_t findings = 0;
    int r = store_count_findings(store, bill->run.id, &findings, err);
    if (r < 0 || !findings || (r = view_load(&view, store, bill->run.id, bill->options, err)) < 0) {
        return r;
    }
    struct writer out = {
        .w = w, .view = &view, .text = buf_new(LIMIT_REPORT), .keys = map_new(&view.arena), .bill = bill};
    r = put_all(&out, err);
    buf_free(&out.text);
    return r;
}
