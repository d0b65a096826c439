/* Debian's security tracker (https://security-tracker.debian.org/tracker/data/json): package → id → releases
 * → status. */
#include "base/limits.h"
#include "doc/json.h"
#include "vuln/feeds/parser.h"

/* os-release states numbers, the tracker code names. What is not here, sid too, has no stable number. */
static const struct {
    struct str name, ecosystem;
} releases[] = {
    {STR("jessie"), STR("Debian:8")},    {STR("stretch"), STR("Debian:9")},
    {STR("buster"), STR("Debian:10")},   {STR("bullseye"), STR("Debian:11")},
    {STR("bookworm"), STR("Debian:12")}, {STR("trixie"), STR("Debian:13")},
    {STR("forky"), STR("Debian:14")},
};

static struct str ecosystem_of(struct str release) {
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
        if (str_eq(releases[i].name, release)) {
            return releases[i].ecosystem;
        }
    }
    return STR_NONE;
}

/* "high**" says how sure the urgency is; those that say something else than how bad it is are left out. */
static struct str severity_of(struct str urgency) {
    while (str_ends(urgency, STR("*"))) {
        urgency.n--;
    }
    bool is_severity =
        str_eq(urgency, STR("low")) || str_eq(urgency, STR("medium")) || str_eq(urgency, STR("high"));
    return is_severity ? urgency : STR_NONE;
}

/* Unimportant: the code is in the source package, but no binary package has the defect in a way that counts.
 */
static bool status_of(const struct doc *release, enum feed_status *out) {
    struct str status = doc_str(doc_get(release, STR("status")));
    struct str fixed = doc_str(doc_get(release, STR("fixed_version")));
    if (str_eq(doc_str(doc_get(release, STR("urgency"))), STR("unimportant"))) {
        *out = FEED_UNAFFECTED;
    } else if (str_eq(status, STR("resolved"))) {
        *out = str_eq(fixed, STR("0")) ? FEED_UNAFFECTED : FEED_FIXED;
    } else if (str_eq(status, STR("open"))) {
        *out = FEED_UNFIXED;
    } else if (str_eq(status, STR("undetermined"))) {
        *out = FEED_UNDETERMINED;
    } else {
        return false;
    }
    return true;
}

static int add_release(struct feed_parser *p, struct feed_draft *draft, struct str package,
                       const struct doc_member *member) {
    enum feed_status status;
    struct str ecosystem = ecosystem_of(member->key);
    if (!ecosystem.n) {
        return 0;
    }
    if (!status_of(member->value, &status)) {
        return err_set(p->err, ERR_UNSUPPORTED, "%.*s: a status that is not known", STR_ARG(member->key));
    }
    if (!draft->record.word.n) {
        draft->record.word = severity_of(doc_str(doc_get(member->value, STR("urgency"))));
    }
    return feed_draft_add(p, draft, ecosystem, package, status,
                          doc_str(doc_get(member->value, STR("fixed_version"))));
}

static int parse_entry(struct feed_parser *p, struct str package, const struct doc_member *entry) {
    struct feed_draft draft = feed_draft_new(entry->key);
    const struct doc *list = doc_get(entry->value, STR("releases"));
    int r = entry->key.n && entry->key.n <= LIMIT_OSV_WORD ? 0 : err_set(p->err, ERR_INPUT, "no id");
    draft.record.summary = str_sub(doc_str(doc_get(entry->value, STR("description"))), 0, LIMIT_OSV_SUMMARY);
    for (size_t i = 0; i < doc_count(list) && doc_is(list, DOC_MAP) && r == 0; i++) {
        r = add_release(p, &draft, package, &list->map.members[i]);
    }
    if (r < 0) {
        struct err cause = *p->err;
        struct str place = arena_strf(&p->arena, "%.*s %.*s", STR_ARG(package), STR_ARG(entry->key));
        return feed_report(p, place, r, &cause);
    }
    return feed_draft_send(p, &draft);
}

/* ---- the outer object, a member at a time: as one tree the whole would take a gigabyte */

struct walk {
    struct str text;
    size_t at;
};

static char peek(struct walk *w) {
    while (w->at < w->text.n && ascii_is_space(w->text.p[w->at])) {
        w->at++;
    }
    return w->at < w->text.n ? w->text.p[w->at] : '\0';
}

static bool take(struct walk *w, char c) {
    bool is_there = peek(w) == c;
    w->at += is_there;
    return is_there;
}

static bool skip_string(struct walk *w) {
    if (!take(w, '"')) {
        return false;
    }
    for (; w->at < w->text.n; w->at++) {
        if (w->text.p[w->at] == '\\') {
            w->at++;
        } else if (w->text.p[w->at] == '"') {
            w->at++;
            return true;
        }
    }
    return false;
}

/* To the end of an object; what is in it is checked when it is read. */
static bool skip_object(struct walk *w) {
    size_t depth = 0;
    do {
        char c = peek(w);
        if (c == '"') {
            if (!skip_string(w)) {
                return false;
            }
            continue;
        }
        depth += c == '{';
        depth -= c == '}';
        w->at++;
    } while (depth && w->at < w->text.n);
    return depth == 0;
}

static bool next_package(struct walk *w, struct str *name, struct str *value) {
    peek(w);
    size_t start = w->at;
    if (!skip_string(w)) {
        return false;
    }
    *name = str_sub(w->text, start + 1, w->at - start - 2);
    if (!take(w, ':') || peek(w) != '{') {
        return false;
    }
    start = w->at;
    bool is_whole = skip_object(w);
    *value = str_sub(w->text, start, w->at - start);
    return is_whole;
}

static int parse_package(struct feed_parser *p, struct str name, struct str text) {
    struct err cause = ERR_NONE;
    const struct doc *entries;
    arena_reset(&p->arena);
    int r = json_parse(&p->arena, text, &entries, &cause);
    if (r < 0) {
        return feed_report(p, name, r, &cause);
    }
    for (size_t i = 0; i < doc_count(entries) && r == 0; i++) {
        r = parse_entry(p, name, &entries->map.members[i]);
    }
    return r;
}

int feed_parse_debian(struct feed_parser *p, struct str bytes) {
    struct walk w = {bytes, 0};
    struct str name, value;
    if (!take(&w, '{')) {
        return feed_send_problem(p, STR_NONE, "not a JSON object");
    }
    int r = 0;
    while (r == 0 && peek(&w) != '}') {
        if (!next_package(&w, &name, &value)) {
            return feed_send_problem(p, STR_NONE, "the JSON ends early or is damaged; fetch the file again");
        }
        r = parse_package(p, name, value);
        if (!take(&w, ',') && peek(&w) != '}') {
            return feed_send_problem(p, STR_NONE, "the JSON ends early or is damaged; fetch the file again");
        }
    }
    return r;
}
