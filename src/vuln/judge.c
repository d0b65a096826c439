#include "vuln/judge.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/json_write.h"
#include "model/ecosystem.h"
#include "vuln/version/version.h"

/* What advisories_match() said. */
struct answer {
    struct match *matches;
    size_t n;
};

struct judge {
    struct store *store;
    int64_t run;
    const struct vuln_options *options;
    struct advisories *advisories;
    struct arena arena; /* of one package */
    struct arena kept;  /* of the answers */
    struct map answers; /* question → struct answer */
    struct buf evidence;
    struct err *err;
};

static void put_exploited(struct json_writer *w, const struct match *match) {
    json_key(w, STR("kev"));
    if (!match->is_exploited) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_member_text(w, STR("since"), match->exploited_since);
    json_end(w);
}

static void put_epss(struct json_writer *w, const struct match *match) {
    json_key(w, STR("epss"));
    if (match->epss < 0) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, STR("score"));
    json_double(w, match->epss);
    json_key(w, STR("percentile"));
    json_double(w, match->epss_percentile);
    json_end(w);
}

/* Where a language package has to go. A version that repairs one advisory may lie in a range of another, so
 * the target is raised until nothing that has a repair holds it; what still holds it then is not removed by
 * going there. */
struct upgrade {
    struct str target;        /* empty: none is known */
    const struct match *left; /* what holds the target */
    size_t left_n;
};

static bool holds(const struct match *matches, size_t n, struct str id) {
    for (size_t i = 0; i < n; i++) {
        if (matches[i].verdict == MATCH_AFFECTED && str_eq(matches[i].id, id)) {
            return true;
        }
    }
    return false;
}

static bool raise_target(struct str *target, enum version_scheme scheme, const struct match *matches,
                         size_t n) {
    bool raised = false;
    for (size_t i = 0; i < n; i++) {
        const struct match *match = &matches[i];
        if (match->verdict == MATCH_AFFECTED && match->fixed.n &&
            (!target->n || version_compare(scheme, *target, match->fixed) < 0)) {
            *target = match->fixed;
            raised = true;
        }
    }
    return raised;
}

static int find_upgrade(struct judge *j, const struct package_record *record, const struct match *matches,
                        size_t n, struct upgrade *out) {
    enum { STEPS = 16 };
    enum version_scheme scheme;
    struct package_record at = *record;
    *out = (struct upgrade){0};
    if (!version_scheme_of(record->ecosystem, &scheme)) {
        return 0;
    }
    for (int step = 0; raise_target(&out->target, scheme, matches, n); step++) {
        struct match *left;
        at.package.version = out->target;
        int r = step == STEPS ? 0 : advisories_match(j->advisories, &j->arena, &at, &left, &n, j->err);
        if (r < 0 || step == STEPS) {
            out->target = STR_NONE;
            return r;
        }
        matches = out->left = left;
        out->left_n = n;
    }
    return 0;
}

/* Said only of language packages: a distribution's package has one line of versions, where `fixed` is the
 * answer. */
static void put_upgrade(struct json_writer *w, const struct match *match, const struct upgrade *upgrade) {
    if (upgrade && match->fixed.n) {
        bool is_removed = upgrade->target.n && !holds(upgrade->left, upgrade->left_n, match->id);
        json_key(w, STR("upgrade"));
        json_str(w, is_removed ? upgrade->target : STR(""));
    }
}

/* ---- what VEX documents say */

const struct vex_statement *vuln_ask_vex(const struct vuln_options *options,
                                         const struct package_record *record, const struct match *match) {
    const struct vex_question question = {.id = match->id,
                                          .aliases = match->aliases,
                                          .aliases_n = match->aliases_n,
                                          .package = record,
                                          .image_name = options->image_name,
                                          .image_digest = options->image_digest,
                                          .manifest_digest = options->manifest_digest};
    const struct vex_statement *said = options->vex ? vex_find(options->vex, &question) : NULL;
    return said || !options->attached ? said : vex_find(options->attached, &question);
}

bool vuln_is_cleared(const struct vex_statement *said) {
    return said && (said->status == VEX_NOT_AFFECTED || said->status == VEX_FIXED);
}

/* "not affected, says Jo in web.openvex.json:7: vulnerable_code_not_present: the parser is not built". */
static struct str reason_of(struct judge *j, const struct vex_statement *said) {
    return arena_strf(&j->arena, "%s, says %.*s%s%.*s:%u%s%.*s%s%.*s",
                      said->status == VEX_FIXED ? "fixed" : "not affected", STR_ARG(said->author),
                      said->author.n ? " in " : "", STR_ARG(said->file), said->line,
                      said->justification.n ? ": " : "", STR_ARG(said->justification),
                      said->detail.n ? ": " : "", STR_ARG(said->detail));
}

static void put_vex(struct json_writer *w, const struct vex_statement *said) {
    json_key(w, STR("vex"));
    json_begin_object(w);
    json_member_text(w, STR("status"), str_c(vex_status_name(said->status)));
    json_member_text(w, STR("justification"), said->justification);
    json_member_text(w, STR("detail"), said->detail);
    json_member_text(w, STR("author"), said->author);
    json_member_text(w, STR("time"), said->time);
    json_member_text(w, STR("file"), said->file);
    json_key(w, STR("line"));
    json_uint(w, said->line);
    json_end(w);
}

/* A member is left out where nothing is known; kev and epss are then null, so that their absence is said. */
static int write_evidence(struct judge *j, const struct match *match, const struct upgrade *upgrade,
                          const struct vex_statement *said) {
    buf_clear(&j->evidence);
    struct json_writer w = json_writer_new(&j->evidence, 0);
    json_begin_object(&w);
    json_key(&w, STR("aliases"));
    json_begin_array(&w);
    for (size_t i = 0; i < match->aliases_n; i++) {
        json_str(&w, match->aliases[i]);
    }
    json_end(&w);
    json_member_text(&w, STR("vector"), match->vector);
    put_exploited(&w, match);
    put_epss(&w, match);
    json_member_text(&w, STR("reason"), vuln_is_cleared(said) ? reason_of(j, said) : match->reason);
    json_member_text(&w, STR("informational"), match->informational);
    json_member_text(&w, STR("fixed"), match->fixed);
    put_upgrade(&w, match, upgrade);
    json_member_text(&w, STR("lastAffected"), match->last_affected);
    if (said) {
        put_vex(&w, said);
    }
    json_end(&w);
    return json_finish(&w, j->err);
}

static int put_match(struct judge *j, const struct asset *asset, const struct package_record *record,
                     const struct match *match, const struct upgrade *upgrade) {
    static const enum finding_status statuses[] = {
        [MATCH_AFFECTED] = FINDING_OPEN,
        [MATCH_NOT_LINKED] = FINDING_NOT_AFFECTED,
        [MATCH_UNDECIDED] = FINDING_UNDECIDED,
    };
    const struct vex_statement *said = vuln_ask_vex(j->options, record, match);
    bool is_removed = record->removed_in;
    if (is_removed && (match->verdict != MATCH_AFFECTED || vuln_is_cleared(said))) {
        return 0; /* what is kept apart is not explained away as well */
    }
    int r = write_evidence(j, match, upgrade, said);
    if (r < 0) {
        return r;
    }
    const struct finding finding = {
        .asset = asset->id,
        .rule = match->id,
        .title = match->title,
        .severity = match->severity,
        .score = match->score,
        .status = is_removed              ? FINDING_REMOVED
                  : vuln_is_cleared(said) ? FINDING_NOT_AFFECTED
                                          : statuses[match->verdict],
        .path = record->path,
        .line = record->package.line,
        .layer = record->layer,
        .is_in_base = record->is_in_base,
        .fixed = match->fixed,
        .evidence = buf_view(&j->evidence),
    };
    int64_t id;
    return store_put_finding(j->store, j->run, &finding, &id, j->err);
}

/* ---- one package */

static int ask(struct judge *j, struct arena *arena, const struct package_record *record,
               struct answer *out) {
    return advisories_match(j->advisories, arena, record, &out->matches, &out->n, j->err);
}

/* Asks each question once, as long as the answers take little memory. */
static int ask_once(struct judge *j, struct str question, const struct package_record *record,
                    struct answer *out) {
    if (j->kept.used > LIMIT_ANSWERS_BYTES) {
        arena_reset(&j->kept);
        j->answers = map_new(&j->kept);
    }
    const uint64_t *known = map_get(&j->answers, question);
    if (known) {
        *out = *(const struct answer *)(uintptr_t)*known;
        return 0;
    }
    struct answer *answer = arena_alloc(&j->kept, sizeof *answer);
    struct str key = arena_str(&j->kept, question);
    uint64_t *slot = answer && key.p ? map_put(&j->answers, key, NULL) : NULL;
    if (!slot) {
        return err_memory(j->err);
    }
    *slot = (uint64_t)(uintptr_t)answer;
    int r = ask(j, &j->kept, record, answer);
    *out = *answer;
    return r;
}

static int find_matches(struct judge *j, const struct package_record *record, struct answer *out) {
    struct str question = advisories_question(&j->arena, record);
    return !question.p  ? err_memory(j->err)
           : question.n ? ask_once(j, question, record, out)
                        : ask(j, &j->arena, record, out);
}

/* A package that belongs to a distribution's package is judged by that one, whose versions carry its repairs.
 */
static int judge_package(struct judge *j, const struct asset *asset) {
    struct package_record record;
    struct answer answer;
    arena_reset(&j->arena);
    int r = package_record_read(&j->arena, asset->properties, &record, j->err);
    if (r < 0 || record.owner.n) {
        return r;
    }
    r = find_matches(j, &record, &answer);
    bool is_of_language = !package_type_is_of_os(record.package.type);
    struct upgrade upgrade = {0};
    if (r == 0 && is_of_language && !record.removed_in) {
        r = find_upgrade(j, &record, answer.matches, answer.n, &upgrade);
    }
    for (size_t i = 0; r == 0 && i < answer.n; i++) {
        r = put_match(j, asset, &record, &answer.matches[i], is_of_language ? &upgrade : NULL);
    }
    return r;
}

static int judge_asset(void *ctx, const struct asset *asset, struct err *err) {
    int r = judge_package(ctx, asset);
    return r < 0 ? err_at(err, "%.*s", STR_ARG(asset->key)) : 0;
}

int vuln_judge(struct store *store, int64_t run, const struct vuln_options *options, struct err *err) {
    struct judge judge = {.store = store,
                          .run = run,
                          .options = options,
                          .advisories = options->advisories,
                          .arena = arena_new(LIMIT_DOC_BYTES),
                          .kept = arena_new(LIMIT_DOC_BYTES),
                          .evidence = buf_new(LIMIT_RECORD),
                          .err = err};
    judge.answers = map_new(&judge.kept);
    int r = store_each_asset(store, run, ASSET_PACKAGE, judge_asset, &judge, err);
    if (r == 0 && options->has_removed) {
        r = store_each_asset(store, run, ASSET_REMOVED, judge_asset, &judge, err);
    }
    arena_free(&judge.arena);
    arena_free(&judge.kept);
    buf_free(&judge.evidence);
    return r;
}
