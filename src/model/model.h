/* The one model: assets, edges between them, findings on them, and the runs that wrote them.
 *
 * Scanners write these through the store; reports, policies and the service read them from there. Strings are
 * slices that live as long as the call, or as the arena that a reader gave. */
#ifndef PLIMSOLL_MODEL_MODEL_H
#define PLIMSOLL_MODEL_MODEL_H

#include "base/str.h"

enum asset_kind {
    ASSET_IMAGE,
    ASSET_DIRECTORY,
    ASSET_LAYER,
    ASSET_OS,
    ASSET_PACKAGE,
    ASSET_FILE,
    ASSET_RESOURCE, /* what a template or manifest declares */
    ASSET_REMOVED,  /* a package that a later layer takes away: nothing in a container sees it */
    ASSET_KINDS
};

/* key is a stable natural name: "sha256:…" of an image's configuration or of a layer's content (diffID), a
 * package's purl, a directory's or file's path, a resource's "namespace/kind/name". An asset is one row over
 * all runs; its key says which. */
struct asset {
    int64_t id; /* set by the store */
    enum asset_kind kind;
    struct str key, name, version;
    struct str properties;         /* a JSON object, "{}" when empty */
    int64_t first_seen, last_seen; /* set by the store from the runs */
};

/* What is the same for all findings of a check: findings name it, the run keeps it once. */
struct rule {
    struct str id;
    struct str properties; /* a JSON object: title, why, fix, controls, references */
};

enum edge_kind {
    EDGE_CONTAINS,   /* image → layer, image → os, directory → package */
    EDGE_INTRODUCES, /* layer → package: the lowest layer from which on it is there */
    EDGE_STATES,     /* file → package: the file that names it */
    EDGE_NEEDS,      /* package → package that it depends on */
    EDGE_KINDS
};

struct edge {
    int64_t from, to; /* asset ids */
    enum edge_kind kind;
    struct str properties;
};

enum severity {
    SEVERITY_UNKNOWN,
    SEVERITY_NONE,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
    SEVERITIES
};

enum finding_kind {
    FINDING_VULNERABILITY, /* an advisory on a package */
    FINDING_CONFIGURATION, /* a check on a resource */
    FINDING_SECRET,        /* a secret in a file, or in an image's configuration */
    FINDING_KINDS
};

/* What the guardrails say to it. */
enum finding_action {
    ACTION_NONE, /* no rule speaks of it */
    ACTION_WARN,
    ACTION_BLOCK,
    ACTION_IGNORE,
    ACTIONS
};

enum finding_status {
    FINDING_OPEN,
    FINDING_NOT_AFFECTED, /* judged not to apply; evidence says why (vulnerable code isn't linked, …) */
    FINDING_UNDECIDED,    /* the facts do not suffice; evidence says what is missing */
    FINDING_SUPPRESSED,   /* by an exception or VEX */
    FINDING_REMOVED,      /* on what a later layer takes away: kept apart */
    FINDING_STATUSES
};

struct finding {
    int64_t id; /* set by the store */
    enum finding_kind kind;
    int64_t asset;    /* what it is on: the package */
    struct str rule;  /* preferred id: CVE, else GHSA, else the advisory's own */
    struct str title; /* may be empty */
    enum severity severity;
    double score; /* CVSS base score, 0 to 10; below 0 when none is known */
    enum finding_status status;
    struct str path;        /* where the asset is stated; empty when not from a file */
    uint32_t line, column;  /* from 1, 0 when unknown */
    int32_t layer;          /* from 1; 0 when the target has no layers */
    bool is_in_base;        /* the layer belongs to the base image */
    struct str fixed;       /* version that removes it; empty when none is known */
    struct str evidence;    /* a JSON object, see docs/report.schema.json: aliases, advisories, kev, epss,
                               vector, ranges, reason */
    struct str fingerprint; /* finding_fingerprint(); stable over rebuilds */
    enum finding_action action;
    struct str decision; /* a JSON object: guardrail, reason, owner, until; empty: none spoke */
};

/* What was not read, and where: a scan that has one of these is not complete. */
struct problem {
    struct str place;   /* "layer 3: usr/lib/x" */
    struct str message; /* what was wrong and what to do */
    bool is_incomplete; /* something was not read (exit 3); otherwise only worth knowing */
};

struct run {
    int64_t id;
    struct str target;         /* as the user named it */
    struct str version;        /* of plimsoll */
    int64_t started, finished; /* seconds */
    bool is_complete;
    int64_t subject;       /* asset id of what was scanned */
    struct str properties; /* a JSON object: advisories' age and gaps, cage, counts, duration */
};

const char *severity_name(enum severity severity); /* "critical" */
bool severity_of(struct str name, enum severity *out);
/* CVSS v3/v4 qualitative scale: 9.0 critical, 7.0 high, 4.0 medium, 0.1 low, 0.0 none. */
enum severity severity_of_score(double score);
const char *asset_kind_name(enum asset_kind kind);
const char *edge_kind_name(enum edge_kind kind);
const char *finding_status_name(enum finding_status status);
const char *finding_kind_name(enum finding_kind kind);       /* "vulnerability" */
const char *finding_action_name(enum finding_action action); /* "block" */

/* Hash over rule, the asset's key without its version, and the class of location (path, not layer number):
 * 32 hexadecimal digits and a NUL; "" when there is no memory. Of a purl only type, namespace and name count.
 */
void finding_fingerprint(struct str rule, struct str asset_key, struct str path, char out[33]);

#endif
