#include "policy/guardrail/suppression.h"

#include "base/clock.h"
#include "infra/dockerfile.h"
#include "policy/guardrail/guardrail.h"

enum scope { SCOPE_LINE, SCOPE_FILE, SCOPE_DOCKERFILE /* the file when it is one, else the line */ };

/* What stands behind the marker. */
enum form {
    FORM_OWN,    /* ID[,ID…] [until=DATE] [reason="…"] */
    FORM_LIST,   /* ID[,ID…][:reason] */
    FORM_SINGLE, /* ID[:exp:DATE] */
    FORM_ALL     /* nothing: every check */
};

static const struct marker {
    struct str tool, text;
    enum scope scope;
    enum form form;
} markers[] = {
    {STR("plimsoll"), STR("plimsoll:ignore"), SCOPE_LINE, FORM_OWN},
    {STR("checkov"), STR("checkov:skip="), SCOPE_DOCKERFILE, FORM_LIST},
    {STR("trivy"), STR("trivy:ignore:"), SCOPE_LINE, FORM_SINGLE},
    {STR("tfsec"), STR("tfsec:ignore:"), SCOPE_LINE, FORM_SINGLE},
    {STR("hadolint"), STR("hadolint global ignore="), SCOPE_FILE, FORM_LIST},
    {STR("hadolint"), STR("hadolint ignore="), SCOPE_LINE, FORM_LIST},
    {STR("kics"), STR("kics-scan disable="), SCOPE_FILE, FORM_LIST},
    {STR("kics"), STR("kics-scan ignore-line"), SCOPE_LINE, FORM_ALL},
    {STR("kics"), STR("kics-scan ignore-block"), SCOPE_LINE, FORM_ALL},
    {STR("kics"), STR("kics-scan ignore"), SCOPE_FILE, FORM_ALL},
};

struct reading {
    struct arena *arena;
    struct suppression_list *list;
    struct suppression like; /* what all of one comment have in common */
    struct err *err;
};

/* ---- ids */

/* "AVD-DS-0002", "DS002" and "DS-0002" are one. */
static struct str plain_id(struct str id, char out[24]) {
    size_t letters = 0;
    if (str_starts(id, STR("AVD-"))) {
        id = str_from(id, 4);
    }
    while (letters < id.n && ascii_is_alpha(id.p[letters])) {
        letters++;
    }
    struct str digits = str_from(id, letters);
    uint64_t number;
    if (letters > 8 || digits.n != 3 || !str_to_u64(digits, 10, &number)) {
        return id;
    }
    int n = snprintf(out, 24, "%.*s-0%.*s", (int)letters, id.p, STR_ARG(digits));
    return str_n(out, (size_t)n);
}

struct str compat_ours(struct str theirs) {
    char space[24];
    struct str id = plain_id(theirs, space);
    size_t low = 0, high = builtin_compat_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(builtin_compat[middle].theirs, id);
        if (order == 0) {
            return builtin_compat[middle].ours;
        }
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    return STR_NONE;
}

static int add_one(struct reading *r, struct str id, struct str as) {
    struct suppression *s = arena_push(r->arena, (void **)&r->list->p, &r->list->n, &r->list->cap, sizeof *s);
    if (!s) {
        return err_memory(r->err);
    }
    *s = r->like;
    s->id = id;
    s->as = as;
    return 0;
}

static int add_id(struct reading *r, struct str as) {
    bool is_own = str_eq(r->like.tool, STR("plimsoll"));
    struct str ours = is_own ? STR_NONE : compat_ours(as), id;
    if (!ours.n) {
        return add_one(r, as, as);
    }
    int result = 0;
    while (result == 0 && str_split(&ours, ',', &id)) {
        result = add_one(r, id, as);
    }
    return result;
}

static int add_ids(struct reading *r, struct str ids) {
    int result = 0;
    for (struct str id; result == 0 && str_split(&ids, ',', &id);) {
        id = str_trim(id);
        result = id.n ? add_id(r, id) : 0;
    }
    return result;
}

static int add_mistake(struct reading *r, const char *mistake) {
    r->like.mistake = str_c(mistake);
    return add_one(r, STR_NONE, STR_NONE);
}

/* ---- what stands behind a marker */

static bool set_until(struct suppression *s, struct str date) {
    enum { DAY = 24 * 60 * 60 };
    s->until = date;
    if (date.n != STR("2027-01-31").n || !clock_parse(date, &s->ends)) {
        return false;
    }
    s->ends += DAY;
    return true;
}

/* The text up to the first white space, taken off *rest with what follows it. */
static struct str take_word(struct str *rest) {
    size_t n = 0;
    *rest = str_trim(*rest);
    while (n < rest->n && !ascii_is_space(rest->p[n])) {
        n++;
    }
    struct str word = str_sub(*rest, 0, n);
    *rest = str_trim(str_from(*rest, n));
    return word;
}

static int read_own(struct reading *r, struct str rest) {
    struct str ids = take_word(&rest);
    while (rest.n) {
        if (str_starts(rest, STR("reason="))) {
            struct str reason = str_from(rest, 7), behind;
            if (reason.n && reason.p[0] == '"') {
                str_cut(str_from(reason, 1), '"', &reason, &behind);
                rest = str_trim(behind);
            } else {
                rest = STR_NONE;
            }
            r->like.reason = str_trim(reason);
            continue;
        }
        struct str word = take_word(&rest);
        if (!str_starts(word, STR("until="))) {
            return add_mistake(r, "expected plimsoll:ignore ID[,ID] [until=2027-01-31] [reason=\"...\"]");
        }
        if (!set_until(&r->like, str_from(word, 6))) {
            return add_mistake(r, "'until' is the last day that it counts, as in until=2027-01-31");
        }
    }
    return ids.n ? add_ids(r, ids) : add_mistake(r, "it names no check or advisory: plimsoll:ignore ID[,ID]");
}

static int read_list(struct reading *r, struct str rest) {
    struct str ids, reason, comma;
    str_cut(rest, ':', &ids, &reason);
    r->like.reason = str_trim(reason);
    ids = str_trim(ids);
    /* "DL3008 because" ends with the ids; "DL3008, DL3009" goes on. */
    ptrdiff_t last = str_rfind_byte(ids, ',');
    struct str tail = last < 0 ? ids : str_from(ids, (size_t)last + 1);
    comma = take_word(&tail);
    size_t n = (size_t)(comma.p + comma.n - ids.p);
    return add_ids(r, str_sub(ids, 0, n));
}

/* "ID", "ID:exp:2027-01-31", "ID exp:2027-01-31". */
static int read_single(struct reading *r, struct str rest) {
    struct str word = take_word(&rest), id, behind;
    str_cut(word, ':', &id, &behind);
    struct str next = take_word(&rest);
    behind = behind.n ? behind : next;
    if (str_starts(behind, STR("exp:")) && !set_until(&r->like, str_from(behind, 4))) {
        return add_mistake(r, "its day of expiry is no date");
    }
    return id.n ? add_id(r, id) : 0;
}

static int read_marked(struct reading *r, const struct marker *marker, struct str rest) {
    switch (marker->form) {
    case FORM_OWN:
        return read_own(r, rest);
    case FORM_LIST:
        return read_list(r, rest);
    case FORM_SINGLE:
        return read_single(r, rest);
    default:
        return add_one(r, STR("*"), marker->text);
    }
}

static bool is_for_file(enum scope scope, struct str path) {
    return scope == SCOPE_FILE || (scope == SCOPE_DOCKERFILE && dockerfile_is_file_name(str_basename(path)));
}

/* The first marker that stands in the text; of two at one place the longer, which is earlier in the table. */
static const struct marker *next_marker(struct str text, size_t *at) {
    const struct marker *best = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(markers); i++) {
        ptrdiff_t found = str_find(text, markers[i].text);
        if (found >= 0 && (!best || (size_t)found < *at)) {
            best = &markers[i];
            *at = (size_t)found;
        }
    }
    return best;
}

int suppression_read_comment(struct arena *arena, struct str path, uint32_t line, struct str text,
                             bool honours_others, struct suppression_list *list, struct err *err) {
    size_t at = 0;
    int r = 0;
    for (const struct marker *marker; r == 0 && (marker = next_marker(text, &at));) {
        struct str rest = str_from(text, at + marker->text.n);
        bool is_file = is_for_file(marker->scope, path);
        struct reading reading = {.arena = arena,
                                  .list = list,
                                  .like = {.tool = marker->tool,
                                           .path = path,
                                           .line = line,
                                           .from = is_file ? 1 : line,
                                           .to = is_file ? 0 : line + 1},
                                  .err = err};
        if (honours_others || marker->form == FORM_OWN) {
            r = read_marked(&reading, marker, rest);
        }
        text = rest;
    }
    return r;
}

/* ---- annotations */

static int read_annotation(struct reading *r, const struct doc_member *annotation) {
    static const struct str kube_linter = {"ignore-check.kube-linter.io/", 28},
                            checkov = {"checkov.io/skip", 15};
    struct str value = doc_str(annotation->value), id, reason;
    r->like.line = annotation->at.line;
    if (str_starts(annotation->key, kube_linter)) {
        r->like.tool = STR("kube-linter");
        r->like.reason = str_trim(value);
        return add_id(r, str_from(annotation->key, kube_linter.n));
    }
    if (str_starts(annotation->key, checkov)) {
        r->like.tool = STR("checkov");
        str_cut(value, '=', &id, &reason);
        r->like.reason = str_trim(reason);
        return str_trim(id).n ? add_id(r, str_trim(id)) : 0;
    }
    return 0;
}

int suppression_read_annotations(struct arena *arena, struct str path, const struct doc *object,
                                 int64_t asset, struct suppression_list *list, struct err *err) {
    const struct doc *annotations = doc_path(object, "metadata.annotations");
    struct reading r = {.arena = arena, .list = list, .like = {.path = path, .asset = asset}, .err = err};
    int result = 0;
    for (size_t i = 0; result == 0 && doc_is(annotations, DOC_MAP) && i < annotations->map.n; i++) {
        result = read_annotation(&r, &annotations->map.members[i]);
    }
    return result;
}

/* ---- matching */

bool suppression_covers(const struct suppression *s, struct str rule, struct str path, uint32_t line,
                        int64_t asset) {
    if (s->mistake.n) {
        return false;
    }
    bool is_there =
        s->asset ? s->asset == asset : line >= s->from && (!s->to || line <= s->to) && str_eq(s->path, path);
    return is_there && guardrail_glob(s->id, rule, true);
}
