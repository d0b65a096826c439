#include "model/model.h"

#include "base/hash.h"

static const char *const severities[SEVERITIES] = {
    [SEVERITY_UNKNOWN] = "unknown", [SEVERITY_NONE] = "none", [SEVERITY_LOW] = "low",
    [SEVERITY_MEDIUM] = "medium",   [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};

static const char *const asset_kinds[ASSET_KINDS] = {
    [ASSET_IMAGE] = "image",       [ASSET_DIRECTORY] = "directory",
    [ASSET_LAYER] = "layer",       [ASSET_OS] = "os",
    [ASSET_PACKAGE] = "package",   [ASSET_FILE] = "file",
    [ASSET_RESOURCE] = "resource", [ASSET_REMOVED] = "removed package",
};

static const char *const edge_kinds[EDGE_KINDS] = {
    [EDGE_CONTAINS] = "contains",
    [EDGE_INTRODUCES] = "introduces",
    [EDGE_STATES] = "states",
    [EDGE_NEEDS] = "needs",
};

static const char *const statuses[FINDING_STATUSES] = {
    [FINDING_OPEN] = "open",           [FINDING_NOT_AFFECTED] = "not affected",
    [FINDING_UNDECIDED] = "undecided", [FINDING_SUPPRESSED] = "suppressed",
    [FINDING_REMOVED] = "removed",
};

static const char *const kinds[FINDING_KINDS] = {
    [FINDING_VULNERABILITY] = "vulnerability",
    [FINDING_CONFIGURATION] = "configuration",
    [FINDING_SECRET] = "secret",
};

static const char *const actions[ACTIONS] = {
    [ACTION_NONE] = "none",
    [ACTION_WARN] = "warn",
    [ACTION_BLOCK] = "block",
    [ACTION_IGNORE] = "ignore",
};

const char *severity_name(enum severity severity) {
    assert(severity < SEVERITIES);
    return severities[severity];
}

bool severity_of(struct str name, enum severity *out) {
    for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
        if (str_eq_nocase(name, str_c(severities[i]))) {
            *out = (enum severity)i;
            return true;
        }
    }
    return false;
}

enum severity severity_of_score(double score) {
    static const struct {
        double least;
        enum severity severity;
    } scale[] = {
        {9.0, SEVERITY_CRITICAL}, {7.0, SEVERITY_HIGH}, {4.0, SEVERITY_MEDIUM},
        {0.1, SEVERITY_LOW},      {0.0, SEVERITY_NONE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(scale); i++) {
        if (score >= scale[i].least) {
            return scale[i].severity;
        }
    }
    return SEVERITY_UNKNOWN;
}

const char *asset_kind_name(enum asset_kind kind) {
    assert(kind < ASSET_KINDS);
    return asset_kinds[kind];
}

const char *edge_kind_name(enum edge_kind kind) {
    assert(kind < EDGE_KINDS);
    return edge_kinds[kind];
}

const char *finding_status_name(enum finding_status status) {
    assert(status < FINDING_STATUSES);
    return statuses[status];
}

const char *finding_kind_name(enum finding_kind kind) {
    assert(kind < FINDING_KINDS);
    return kinds[kind];
}

const char *finding_action_name(enum finding_action action) {
    assert(action < ACTIONS);
    return actions[action];
}

/* Of a package's key only type, namespace and name stay: in a purl "@", "?" and "#" stand nowhere before the
 * version, and qualifiers (distro, upstream) hold versions too. */
static struct str without_version(struct str key) {
    if (!str_starts(key, STR("pkg:"))) {
        return key;
    }
    size_t n = 0;
    while (n < key.n && key.p[n] != '@' && key.p[n] != '?' && key.p[n] != '#') {
        n++;
    }
    return str_sub(key, 0, n);
}

/* The length goes first, so that ("ab", "c") and ("a", "bc") differ. */
static void add_part(struct sha256 *sha, struct str part) {
    uint64_t n = part.n;
    unsigned char length[8];
    for (size_t i = 0; i < sizeof length; i++) {
        length[i] = (unsigned char)(n >> (8 * i));
    }
    sha256_add(sha, length, sizeof length);
    sha256_add(sha, part.p ? part.p : "", part.n);
}

void finding_fingerprint(struct str rule, struct str asset_key, struct str path, char out[33]) {
    out[0] = 0;
    _cleanup_(sha256_freep) struct sha256 *sha = sha256_new();
    if (!sha) {
        return;
    }
    unsigned char digest[SHA256_BYTES];
    add_part(sha, rule);
    add_part(sha, without_version(asset_key));
    add_part(sha, path);
    sha256_end(sha, digest);
    hex_encode(digest, 16, out);
}
