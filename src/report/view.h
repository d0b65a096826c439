/* What a report shows of one run, loaded from the store and indexed: every format works on this.
 *
 * Findings come worst first, already filtered by the options. Counts are of issues: the same rule says the
 * same of each place of a group, and counts once. Everything lives in the view's arena, except that of
 * findings, of which there may be very many, only a row each is held. What else they say is read when it is
 * shown:
 *
 *     for (size_t i = 0; i < view.rows_n; i++) {
 *         put(view_show(&view, &view.rows[i]));              lives until the next one is shown
 *     }
 *     return view_failure(&view, err); */
#ifndef PLIMSOLL_REPORT_VIEW_H
#define PLIMSOLL_REPORT_VIEW_H

#include "base/map.h"
#include "model/package_record.h"
#include "report/report.h"

struct view_layer {
    int32_t index; /* from 1 */
    struct str digest, diff_id, created_by;
    int64_t size;
    bool is_base;
};

struct view_package {
    struct asset asset; /* id, kind, name and version: the record has the rest */
    struct package_record record;
};

/* What a reader deals with as one: a package version wherever it lies, or the distribution's packages that
 * come from one source package in one layer (openssl: libssl3, openssl). */
struct view_group {
    const char *type;
    struct str name, version;
    int32_t layer; /* 0 for packages of a language */
};

/* What a VEX document says of the finding, in its words. */
struct view_vex {
    struct str status; /* "not_affected", "affected", "fixed", "under_investigation" */
    struct str justification, detail, author, time, file;
    int64_t line;
};

struct view_decision; /* report/decisions.h */
struct view_guardrails;

struct view_finding {
    struct finding f;
    const struct view_decision *decision; /* NULL: no guardrail spoke */
    const struct view_vex *vex;           /* NULL: none speaks of it */
    const struct asset *asset;            /* what it is on */
    const struct view_package *package;   /* the same as a package; NULL when it is none */
    const struct view_layer *layer;       /* NULL when not in a layer */
    struct str *aliases;
    size_t aliases_n;
    struct str vector, reason, last_affected, exploited_since;
    struct str upgrade; /* version of the package to go to; empty when going up does not remove this */
    struct view_secret *secret;         /* NULL for other findings */
    struct str resource, item, message; /* of rules: what it is on, which part of it, what it says here */
    const struct view_rule *check;      /* NULL for other findings */
    const struct view_edit *edits;      /* that mend it; none when that is not known */
    size_t edits_n;
    bool is_exploited;
    double epss, epss_percentile; /* 0 to 1; below 0: unknown */
};

struct view_commit {
    struct str id, date, author; /* id empty: there is none */
};

/* What may be known of a secret's value. */
struct view_secret {
    struct str preview, hash, proof, place;
    int64_t hidden_by; /* layer that deletes or replaces the file; 0: none */
    bool has_history, is_in_head;
    struct view_commit since, removed; /* of a git repository whose history was read */
};

/* What counting, grouping and choosing need of a finding. */
struct view_row {
    int64_t id, asset;
    double score;
    const struct view_finding *kept; /* NULL: to be read */
    uint32_t rule;                   /* the same for findings of one rule */
    uint32_t group;                  /* in the view's groups */
    uint32_t issue;                  /* the same for findings of one rule, status and group */
    uint8_t kind, severity, status, action;
    bool is_repeat; /* the issue stands in the list already */
    bool is_exploited, has_fixed, is_in_base;
    bool vanishes; /* a rebuild on the newest base removes it */
};

/* The text from a place to another becomes this one. From 1; columns count UTF-16. */
struct view_edit {
    uint32_t line, column, end_line, end_column;
    struct str text;
};

/* What a check says, once for all its findings. */
struct view_rule {
    struct str id, title, why, fix;
    const struct doc *controls; /* {framework: [numbers]}, or NULL */
    struct str *references;
    size_t references_n;
};

/* On what an image was built (source/image/base.h). */
struct view_base {
    struct str name, version, reference, digest, file;
    struct str named_by, layers_by; /* "table", …, "undecided" */
    int64_t created;                /* 0: not known */
    bool is_pinned;
};

/* The newest version of that base, and what a rebuild on it changes. */
struct view_rebuild {
    bool is_there; /* a newer version is known */
    bool is_known; /* and what is in it */
    struct str name, version, reference, digest;
    int64_t created;
    int64_t *vanishing; /* ids of findings, ascending */
    size_t vanishing_n;
    size_t removes, stays, appears; /* issues */
    const struct doc *appearing;    /* a list of the first of them */
};

struct view_target {
    struct asset asset;
    struct view_base base_image;
    struct str platform, digest, base;
    struct str registry, repository; /* of an image that was named as registries do */
    bool is_pinned;                  /* by its digest */
    int64_t created;                 /* 0: not stated */
    int64_t size, layers, base_layers;
    const struct doc *files; /* the account of inspect/surface.h, or NULL */
};

struct view_advisories {
    bool is_known;         /* the run says which there were */
    bool is_empty;         /* there were none */
    int64_t built, newest; /* seconds, 0 unknown */
    bool is_snapshot;
    struct str *lacks;
    size_t lacks_n;
};

struct view_cage {
    bool is_known, is_on;
    struct str *lacks;
    size_t lacks_n;
};

/* A document that came with the target (docs/sbom.md, docs/vex.md). */
struct view_document {
    struct str format, producer, digest, way;
    bool is_bill, is_vex; /* what it was used as, if anything */
    bool is_signed;       /* which nobody has verified */
};

struct view {
    struct arena arena;
    struct arena passing, scratch; /* of the finding that is shown, and of what it is parsed from */
    struct arena *texts;           /* where texts are made: arena, or passing while one is read */
    struct store *store;
    struct report_options options;
    struct run run;
    struct view_target target;
    struct asset os; /* name empty when there is none */
    struct view_advisories advisories;
    struct view_cage cage;
    struct view_document *documents;
    size_t documents_n;
    struct view_guardrails *guardrails; /* which were asked */
    double seconds;                     /* below 0: unknown */
    int64_t cached_layers;
    VEC(struct view_layer) layers; /* by index */
    /* Those with findings; of view_load_all() all of the run. Behind the visible ones stand those that later
     * layers take away. */
    VEC(struct view_package) packages;
    size_t visible_n, packages_total;
    bool has_removed;
    struct view_rebuild rebuild;
    VEC(struct view_rule) rules; /* by id */
    size_t resources_n;
    struct view_row *rows;
    size_t rows_n, kept_n;
    struct view_finding shown;
    struct view_group *groups;
    size_t groups_n, issues_n;
    struct problem_list problems;
    size_t incomplete; /* problems that say something was not read */
    size_t severities[SEVERITIES], statuses[FINDING_STATUSES];
    size_t exploited, unfixed, checks; /* of the open ones */
    bool is_blocked;
    bool failed;                                                /* view_format() found no memory */
    struct err failure;                                         /* of view_show() and view_keep() */
    struct map packages_by_asset, layers_by_index, rules_by_id; /* asset id, layer number, id → index + 1 */
};

/* The view is to be freed also when this fails. */
int view_load(struct view *out, struct store *store, int64_t run, const struct report_options *options,
              struct err *err);
/* The same for reports that list all packages. */
int view_load_all(struct view *out, struct store *store, int64_t run, const struct report_options *options,
                  struct err *err);
void view_free(struct view *view);

/* All of a finding, until the next is shown. When it can't be read it is empty and the view has failed. */
const struct view_finding *view_show(struct view *view, const struct view_row *row);
/* The same, for as long as the view. */
const struct view_finding *view_keep(struct view *view, struct view_row *row);
/* A text of a finding that was shown, for as long as the view. */
struct str view_keep_text(struct view *view, const struct view_row *row, struct str text);
/* What went wrong so far in functions that can't say it. */
int view_failure(const struct view *view, struct err *err);

/* Hands on what a report has written, once it is worth it. */
int view_drain(const struct view *view, struct buf *out, struct err *err);

/* A text in the view's arena. Without memory it is empty and view->failed is set: look once, at the end. */
struct str view_format(struct view *view, const char *fmt, ...) _printf_(2, 3);

static inline bool view_is_open(const struct view_finding *finding) {
    return finding->f.status == FINDING_OPEN;
}
static inline bool view_row_is_open(const struct view_row *row) {
    return row->status == FINDING_OPEN;
}
static inline bool view_row_is_check(const struct view_row *row) {
    return row->kind == FINDING_CONFIGURATION;
}
static inline bool view_is_check(const struct view_finding *finding) {
    return finding->f.kind == FINDING_CONFIGURATION;
}
static inline bool view_is_secret(const struct view_finding *finding) {
    return finding->f.kind == FINDING_SECRET;
}
/* Findings of a rule that says why and what to do, each at a place of its own: all but those on packages. */
static inline bool view_has_rule(const struct view_finding *finding) {
    return view_is_check(finding) || view_is_secret(finding);
}
static inline bool view_row_has_rule(const struct view_row *row) {
    return row->kind != FINDING_VULNERABILITY;
}
/* "deb", "rpm" and "apk": what the distribution's package manager installs. */
bool view_is_distribution(const struct view_package *package);
static inline bool view_blocks(const struct view_row *row) {
    return row->action == ACTION_BLOCK;
}

/* A layer's history entry without what the builder put around it: "COPY target/shop.war /app/",
 * "RUN apt-get update". A slice of created_by, with the instruction's name where that stands apart. */
struct str view_instruction(struct view *view, struct str created_by);
/* The instruction that made a layer; empty when it is not known, or is one that writes no files: some
 * builders name the last one of several. */
struct str view_layer_instruction(struct view *view, const struct view_layer *layer);
/* "Debian 12.5", "Alpine Linux 3.19.1"; empty when there is no distribution. */
struct str view_os_name(struct view *view, const struct asset *os);

#endif
