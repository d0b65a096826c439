/* Alpine's secdb (https://secdb.alpinelinux.org): of one release and repository, the ids that a version of a
 * source package repaired. Version "0": the package never had the defect. */
#include "base/limits.h"
#include "doc/json.h"
#include "vuln/feeds/parser.h"

/* "CVE-2017-2616 (+ regression fix)": the words between are not ids. */
static bool is_id(struct str word) {
    bool has_digit = false;
    for (size_t i = 0; i < word.n; i++) {
        has_digit |= ascii_is_digit(word.p[i]);
        if (!ascii_is_alnum(word.p[i]) && word.p[i] != '-') {
            return false;
        }
    }
    return has_digit && word.n <= LIMIT_OSV_ID && ascii_is_alpha(word.p[0]) && str_find_byte(word, '-') > 0;
}

/* "CVE-2017-15588 XSA-241" is one defect by two names. */
static int parse_ids(struct feed_parser *p, struct str ecosystem, struct str name, struct str version,
                     struct str text) {
    struct feed_draft draft = feed_draft_new(STR_NONE);
    VEC(struct str) aliases = {0};
    for (struct str rest = text, word; str_split(&rest, ' ', &word);) {
        if (is_id(word) && !draft.record.id.n) {
            draft.record.id = word;
        } else if (is_id(word) && aliases.n < LIMIT_OSV_ALIASES) {
            struct str *slot = VEC_PUSH(&p->arena, &aliases);
            if (!slot) {
                return err_memory(p->err);
            }
            *slot = word;
        }
    }
    if (!draft.record.id.n) {
        return 0;
    }
    draft.record.aliases = (struct osv_strings){aliases.p, aliases.n};
    bool is_never = str_eq(version, STR("0"));
    int r = feed_draft_add(p, &draft, ecosystem, name, is_never ? FEED_UNAFFECTED : FEED_FIXED, version);
    return r < 0 ? r : feed_draft_send(p, &draft);
}

static int parse_package(struct feed_parser *p, struct str ecosystem, const struct doc *package) {
    struct str name = doc_str(doc_get(package, STR("name")));
    const struct doc *fixes = doc_get(package, STR("secfixes"));
    int r = 0;
    for (size_t i = 0; doc_is(fixes, DOC_MAP) && i < doc_count(fixes) && r == 0; i++) {
        const struct doc_member *fix = &fixes->map.members[i];
        for (size_t k = 0; k < doc_count(fix->value) && r == 0; k++) {
            r = parse_ids(p, ecosystem, name, fix->key, doc_str(doc_at(fix->value, k)));
        }
    }
    return r;
}

static int parse_root(struct feed_parser *p, const struct doc *root) {
    struct str release = doc_str(doc_get(root, STR("distroversion")));
    const struct doc *packages = doc_get(root, STR("packages"));
    struct str ecosystem = arena_strf(&p->arena, "Alpine:%.*s", STR_ARG(release));
    if (!ecosystem.p) {
        return err_memory(p->err);
    }
    if (!release.n || release.n > LIMIT_OSV_ID || !doc_is(packages, DOC_LIST)) {
        return feed_send_problem(p, STR_NONE, "no distroversion or no list of packages");
    }
    int r = 0;
    for (size_t i = 0; i < doc_count(packages) && r == 0; i++) {
        const struct doc *package = doc_get(doc_at(packages, i), STR("pkg"));
        r = parse_package(p, ecosystem, package);
        if (r == ERR_INPUT || r == ERR_LIMIT) {
            struct err cause = *p->err;
            r = feed_report(p, doc_str(doc_get(package, STR("name"))), r, &cause);
        }
    }
    return r;
}

int feed_parse_alpine(struct feed_parser *p, struct str bytes) {
    const struct doc *root;
    struct err cause = ERR_NONE;
    int r = json_parse(&p->arena, bytes, &root, &cause);
    return r < 0 ? feed_report(p, STR_NONE, r, &cause) : parse_root(p, root);
}
