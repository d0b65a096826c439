#include "inspect/record_secrets.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/json_write.h"

struct recording {
    struct store *store;
    int64_t run, subject;
    const struct secret_allow *allow;
    size_t allow_n;
    struct arena arena;
    struct map rules; /* id → rule */
    struct map said;  /* ids that are written */
    struct map files; /* path → asset */
    struct buf text;
};

static int index_rules(struct recording *r, const struct secret_set *set, struct err *err) {
    for (size_t i = 0; i < set->lists_n; i++) {
        const struct secret_rules *rules = set->lists[i].rules;
        for (size_t n = 0; n < rules->n; n++) {
            uint64_t *slot = map_put(&r->rules, rules->p[n].id, NULL);
            if (!slot) {
                return err_memory(err);
            }
            *slot = (uint64_t)(uintptr_t)&rules->p[n];
        }
    }
    return 0;
}

static int put_rule(struct recording *r, const struct secret_rule *rule, struct err *err) {
    bool is_new;
    if (!map_put(&r->said, rule->id, &is_new)) {
        return err_memory(err);
    }
    if (!is_new) {
        return 0;
    }
    struct str fix = rule->revoke.n ? arena_strf(&r->arena, "Revoke it: %.*s. Then take it out of the file.",
                                                 STR_ARG(rule->revoke))
                                    : STR("Revoke it where it was issued, then take it out of the file.");
    buf_clear(&r->text);
    struct json_writer w = json_writer_new(&r->text, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("title"), rule->title);
    json_member_text(&w, STR("why"),
                     STR("Whoever can read the file can use it, also after it was deleted from it."));
    json_member_text(&w, STR("fix"), fix);
    json_key(&w, STR("controls"));
    json_begin_object(&w);
    json_end(&w);
    json_key(&w, STR("references"));
    json_begin_array(&w);
    json_end(&w);
    json_end(&w);
    int result = fix.p ? json_finish(&w, err) : err_memory(err);
    return result == 0 ? store_put_rule(r->store, r->run, &(struct rule){rule->id, buf_view(&r->text)}, err)
                       : result;
}

static int put_file(struct recording *r, struct str path, int64_t *id, struct err *err) {
    bool is_new;
    uint64_t *slot = map_put(&r->files, path, &is_new);
    *id = r->subject;
    if (!slot) {
        return err_memory(err);
    }
    if (is_new) {
        const struct asset asset = {
            .kind = ASSET_FILE, .key = path, .name = str_basename(path), .properties = STR("{}")};
        int64_t fresh;
        int result = store_put_asset(r->store, r->run, &asset, &fresh, err);
        if (result < 0) {
            return result;
        }
        *slot = (uint64_t)fresh;
    }
    *id = (int64_t)*slot;
    return 0;
}

static void date_of(const struct inventory_commit *commit, char out[CLOCK_TEXT]) {
    enum { DAY = 10 };
    clock_format(commit->time, out);
    out[DAY] = 0;
}

/* "…, since commit 0123456789ab (2026-01-31, A. Author), deleted since commit 89abcdef0123 (2026-02-01)". */
static struct str history_words(struct recording *r, const struct inventory_secret *secret, struct str text) {
    enum { SHOWN = 12 };
    char since[CLOCK_TEXT], removed[CLOCK_TEXT];
    date_of(&secret->since, since);
    text = arena_strf(&r->arena, "%.*s, since commit %.*s (%s, %.*s)", STR_ARG(text), SHOWN,
                      secret->since.id.p, since, STR_ARG(secret->since.author));
    if (secret->is_in_head) {
        return text;
    }
    if (!secret->removed.id.n) {
        return arena_strf(&r->arena, "%.*s, in no file of this commit but on another branch or tag",
                          STR_ARG(text));
    }
    date_of(&secret->removed, removed);
    return arena_strf(&r->arena, "%.*s, deleted since commit %.*s (%s), but it is still in the repository",
                      STR_ARG(text), SHOWN, secret->removed.id.p, removed);
}

/* "ghp_… (40 characters), its checksum is right, in layer 3, which layer 5 deletes or replaces". */
static struct str message_of(struct recording *r, const struct inventory_secret *secret) {
    const struct secret_fact *fact = &secret->fact;
    struct str text = fact->preview;
    if (fact->proof.n) {
        text = arena_strf(&r->arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(fact->proof));
    }
    if (fact->place > PLACE_OWN && fact->place < PLACES) {
        text = arena_strf(&r->arena, "%.*s, %s", STR_ARG(text), place_words(fact->place));
    }
    if (secret->hidden_by) {
        return arena_strf(&r->arena,
                          "%.*s, in layer %d: layer %d deletes or replaces the file, but it is still "
                          "in the image",
                          STR_ARG(text), secret->layer, secret->hidden_by);
    }
    if (secret->has_history) {
        return history_words(r, secret, text);
    }
    return secret->layer ? arena_strf(&r->arena, "%.*s, in layer %d", STR_ARG(text), secret->layer) : text;
}

static const char *reason_of(const struct recording *r, const struct inventory_secret *secret,
                             struct str path, struct str *source) {
    for (size_t i = 0; i < r->allow_n; i++) {
        const char *reason = secret_allow_reason(&r->allow[i], path, secret->fact.rule, secret->fact.hash);
        if (reason) {
            *source = r->allow[i].source;
            return reason;
        }
    }
    return NULL;
}

static void put_commit(struct json_writer *w, struct str key, const struct inventory_commit *commit) {
    char date[CLOCK_TEXT];
    if (!commit->id.n) {
        return;
    }
    clock_format(commit->time, date);
    json_key(w, key);
    json_begin_object(w);
    json_member_text(w, STR("commit"), commit->id);
    json_member_text(w, STR("date"), str_c(date));
    json_member_text(w, STR("author"), commit->author);
    json_end(w);
}

static void put_history(struct json_writer *w, const struct inventory_secret *secret) {
    json_key(w, STR("history"));
    json_begin_object(w);
    json_key(w, STR("isInHead"));
    json_bool(w, secret->is_in_head);
    put_commit(w, STR("since"), &secret->since);
    put_commit(w, STR("removed"), &secret->removed);
    json_end(w);
}

static int write_evidence(struct recording *r, const struct inventory_secret *secret, struct str message,
                          struct str reason, struct err *err) {
    const struct secret_fact *fact = &secret->fact;
    buf_clear(&r->text);
    struct json_writer w = json_writer_new(&r->text, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("resource"), secret->path.n ? STR_NONE : STR("image configuration"));
    json_member_text(&w, STR("item"), secret->item);
    json_member_text(&w, STR("message"), message);
    json_member_text(&w, STR("reason"), reason);
    json_key(&w, STR("secret"));
    json_begin_object(&w);
    json_member_text(&w, STR("preview"), fact->preview);
    json_member_text(&w, STR("hash"), fact->hash);
    json_member_text(&w, STR("proof"), fact->proof);
    json_member_text(&w, STR("place"), fact->place < PLACES ? str_c(place_words(fact->place)) : STR_NONE);
    json_key(&w, STR("hiddenBy"));
    json_int(&w, secret->hidden_by);
    if (secret->has_history) {
        put_history(&w, secret);
    }
    json_end(&w);
    json_end(&w);
    return json_finish(&w, err);
}

/* "a.zip!/b/c.env" in an archive. */
static struct str path_of(struct recording *r, const struct inventory_secret *secret) {
    struct str within = secret->fact.within;
    return secret->path.n && within.n
               ? arena_strf(&r->arena, "%.*s!/%.*s", STR_ARG(secret->path), STR_ARG(within))
               : secret->path;
}

static int put_secret(struct recording *r, const struct inventory_secret *secret, struct err *err) {
    struct str path = path_of(r, secret);
    const uint64_t *slot = map_get(&r->rules, secret->fact.rule);
    const struct secret_rule *rule = slot ? (const struct secret_rule *)(uintptr_t)*slot : NULL;
    char fingerprint[33] = "";
    struct str source = STR_NONE;
    int64_t asset = r->subject;
    if (!rule) {
        return 0; /* a broken reader's: it can name none */
    }
    int result = put_rule(r, rule, err);
    if (result == 0 && secret->path.n) {
        result = put_file(r, secret->path, &asset, err);
    }
    const char *allowed = reason_of(r, secret, path, &source);
    struct str reason = allowed ? arena_strf(&r->arena, "%s by %.*s", allowed, STR_ARG(source)) : STR_NONE;
    struct str message = message_of(r, secret);
    finding_fingerprint(rule->id, secret->fact.hash, path, fingerprint);
    if (result == 0) {
        bool has_all = message.p && (path.p || !secret->path.n) && (reason.p || !allowed) && fingerprint[0];
        result = has_all ? write_evidence(r, secret, message, reason, err) : err_memory(err);
    }
    const struct finding finding = {
        .kind = FINDING_SECRET,
        .asset = asset,
        .rule = rule->id,
        .title = rule->title,
        .severity = secret->fact.severity,
        .score = -1,
        .status = allowed ? FINDING_SUPPRESSED : FINDING_OPEN,
        .path = path,
        .line = secret->path.n ? secret->fact.line : 0,
        .column = secret->path.n ? secret->fact.column : 0,
        .layer = secret->layer,
        .is_in_base = secret->is_in_base,
        .evidence = buf_view(&r->text),
        .fingerprint = str_n(fingerprint, 32),
    };
    return result == 0 ? store_put_finding(r->store, r->run, &finding, NULL, err) : result;
}

int record_secrets(struct store *store, int64_t run, int64_t subject, const struct secret_set *set,
                   const struct secret_allow *allow, size_t n, const struct inventory *inventory,
                   struct err *err) {
    struct recording r = {.store = store,
                          .run = run,
                          .subject = subject,
                          .allow = allow,
                          .allow_n = n,
                          .arena = arena_new(LIMIT_FACTS),
                          .text = buf_new(LIMIT_RECORD)};
    r.rules = map_new(&r.arena);
    r.said = map_new(&r.arena);
    r.files = map_new(&r.arena);
    int result = index_rules(&r, set, err);
    for (size_t i = 0; result == 0 && i < inventory->secrets_n; i++) {
        result = put_secret(&r, &inventory->secrets[i], err);
    }
    arena_free(&r.arena);
    buf_free(&r.text);
    return result;
}
