#include "policy/scan.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/json_write.h"
#include "policy/admission/vap.h"

struct scanning {
    struct store *store;
    int64_t run;
    struct arena arena; /* of `said` */
    struct map said;    /* checks whose rule is written */
    struct buf text;
};

/* ---- the check, once */

static void put_controls(struct json_writer *w, const struct check *check) {
    json_key(w, STR("controls"));
    json_begin_object(w);
    for (size_t i = 0; i < check->controls_n; i++) {
        json_key(w, check->controls[i].framework);
        json_begin_array(w);
        struct str rest = check->controls[i].numbers, number;
        while (str_split(&rest, ',', &number)) {
            json_str(w, number);
        }
        json_end(w);
    }
    json_end(w);
}

static int put_rule(struct scanning *s, const struct check *check, struct err *err) {
    bool is_new;
    if (!map_put(&s->said, check->id, &is_new)) {
        return err_memory(err);
    }
    if (!is_new) {
        return 0;
    }
    buf_clear(&s->text);
    struct json_writer w = json_writer_new(&s->text, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("title"), check->title);
    json_member_text(&w, STR("why"), check->why);
    json_member_text(&w, STR("fix"), check->fix);
    put_controls(&w, check);
    json_key(&w, STR("references"));
    json_begin_array(&w);
    for (size_t i = 0; i < check->references_n; i++) {
        json_str(&w, check->references[i]);
    }
    json_end(&w);
    json_end(&w);
    int r = json_finish(&w, err);
    return r == 0 ? store_put_rule(s->store, s->run, &(struct rule){check->id, buf_view(&s->text)}, err) : r;
}

/* ---- the finding */

static int write_evidence(struct scanning *s, const struct outcome *outcome, struct err *err) {
    buf_clear(&s->text);
    struct json_writer w = json_writer_new(&s->text, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("resource"),
                     outcome->resource->part_of ? outcome->resource->part_of->key : outcome->resource->key);
    json_member_text(&w, STR("item"), outcome->item);
    json_member_text(&w, STR("message"), outcome->message);
    json_member_text(&w, STR("reason"), outcome->reason);
    json_end(&w);
    return json_finish(&w, err);
}

/* The same for the same item of the same resource, wherever its lines move to. Of an instruction the number
 * would move, so its text counts. */
static int make_fingerprint(const struct outcome *outcome, char out[33], struct err *err) {
    const struct resource *resource = outcome->resource;
    _cleanup_(buf_free) struct buf key = buf_new(LIMIT_RECORD);
    buf_str(&key, resource->part_of ? resource->part_of->key : resource->key);
    buf_byte(&key, 0);
    buf_str(&key, outcome->item);
    buf_byte(&key, 0);
    buf_str(&key, resource->part_of ? doc_str(doc_get(resource->object, STR("text"))) : STR_NONE);
    if (!key.failed) {
        finding_fingerprint(outcome->check->id, buf_view(&key), outcome->file, out);
    }
    return key.failed || !out[0] ? err_memory(err) : 0;
}

static int put_outcome(void *ctx, const struct outcome *outcome, struct err *err) {
    struct scanning *s = ctx;
    char fingerprint[33] = "";
    int r = put_rule(s, outcome->check, err);
    if (r < 0 || (r = make_fingerprint(outcome, fingerprint, err)) < 0 ||
        (r = write_evidence(s, outcome, err)) < 0) {
        return r;
    }
    const struct finding finding = {
        .kind = FINDING_CONFIGURATION,
        .asset = outcome->resource->asset,
        .rule = outcome->check->id,
        .title = outcome->check->title,
        .severity = outcome->check->severity,
        .score = -1,
        .status = outcome->is_undecided ? FINDING_UNDECIDED : FINDING_OPEN,
        .path = outcome->file,
        .line = outcome->file.n ? outcome->at.line : 0, /* an image's configuration has no lines */
        .column = outcome->file.n ? outcome->at.column : 0,
        .evidence = buf_view(&s->text),
        .fingerprint = str_n(fingerprint, 32),
    };
    return store_put_finding(s->store, s->run, &finding, NULL, err);
}

int policy_scan(struct store *store, int64_t run, const struct resources *set,
                const struct check *const *checks, size_t n, const struct judge_options *options,
                struct err *err) {
    struct scanning s = {
        .store = store, .run = run, .arena = arena_new(LIMIT_POLICY_PROGRAMS), .text = buf_new(LIMIT_RECORD)};
    s.said = map_new(&s.arena);
    struct judge_options writing = *options;
    writing.sink = put_outcome;
    writing.ctx = &s;
    int r = policy_judge(set, checks, n, &writing, err);
    r = r == 0 && options->admission ? vap_judge(options->admission, set, &writing, err) : r;
    r = r == 0 && options->found ? vap_judge(options->found, set, &writing, err) : r;
    arena_free(&s.arena);
    buf_free(&s.text);
    return r;
}
