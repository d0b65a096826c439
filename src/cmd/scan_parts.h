/* What the files of a scan share. Its way: scan_open() reads the options, scan_take() brings a target's
 * inventory to the store and has it judged, scan_write_reports() says what is there. */
#ifndef PLIMSOLL_CMD_SCAN_PARTS_H
#define PLIMSOLL_CMD_SCAN_PARTS_H

#include "base/clock.h"
#include "cmd/scan.h"
#include "cmd/scan_attached.h"
#include "cmd/scan_bases.h"
#include "cmd/scan_guardrails.h"
#include "cmd/scan_secrets.h"
#include "cmd/terminal.h"
#include "inspect/inventory.h"
#include "inspect/read.h"
#include "policy/packs/checks.h"
#include "report/report.h"
#include "source/target.h"
#include "vuln/judge.h"

/* One scan: what is fixed for all its targets. */
struct scan {
    const struct arguments *arguments;
    const struct scan_mode *mode;
    struct arena *arena;
    struct store *store;
    struct advisories *advisories; /* NULL: there are none, and the report says so */
    struct advisories_state state;
    struct vuln_options vuln;
    struct vex vex;
    struct scan_attached attached;
    struct image_options image;
    struct read_options read;
    struct report_options report;
    struct progress progress;
    int64_t run;
    uint64_t began;
    struct check_list checks;
    struct scan_guardrails guardrails;
    struct commit *commit; /* of the commit at hand; NULL: a folder, or an image */
    bool is_base;          /* it is what is compared with: of its history, what it reaches */
    struct scan_secrets secrets;
    struct scan_bases bases;
};

/* What the run says of the inventory, which is not kept beyond the store. */
struct scan_digest {
    bool is_complete;
    uint64_t entries;
    struct str *lacks; /* ecosystems without, or with a part of, their advisories */
    size_t lacks_n;
    size_t removed; /* packages that later layers take away */
};

/* ---- scan_open.c */

/* To be closed also when it fails. */
int scan_open(struct scan *scan, struct err *err);
void scan_close(struct scan *scan);

/* ---- scan_target.c: target to store */

/* --history and its range */
bool scan_reads_history(const struct scan *scan);
int scan_take(struct scan *scan, const struct target *target, struct err *err);
/* A folder, or scan->commit's tree. */
int scan_take_directory(struct scan *scan, const struct target *target, struct err *err);

/* ---- scan_base.c */

/* --baseline REF: the findings of the same folder as it was then; nothing without that option. */
int scan_take_base(struct scan *scan, const struct target *target, struct err *err);

/* ---- scan_judge.c: checks on what a target declares, as long as it is at hand */

int scan_judge_image(struct scan *scan, const struct image *image, struct str files, const struct run *run,
                     struct err *err);
int scan_judge_root(struct scan *scan, struct str name, struct str files, const struct run *run,
                    struct err *err);
int scan_judge_resources(struct scan *scan, const struct target *target, const struct inventory *inventory,
                         const struct run *run, struct scan_digest *digest, struct err *err);
/* What is judged by the store alone; ends the run. */
int scan_judge(struct scan *scan, struct run *run, const struct scan_digest *digest, size_t cached,
               struct err *err);

/* ---- scan_properties.c */

int scan_make_digest(struct scan *scan, const struct inventory *inventory, struct scan_digest *out,
                     struct err *err);
/* JSON, in the scan's arena. guardrails and rebuild: JSON, empty for none. */
struct str scan_properties(const struct scan *scan, const struct scan_digest *digest, size_t cached,
                           struct str guardrails, struct str rebuild);

/* ---- scan_report.c */

int scan_write_reports(const struct scan *scan, struct err *err);
/* Whether one of the reports has that format. */
bool scan_wants_format(const struct scan *scan, struct str wanted);
/* A store that goes with the process keeps the edges only for a report that reads them. */
bool scan_keeps_edges(const struct scan *scan);
int scan_drain_to_stdout(void *ctx, struct buf *out, struct err *err);

#endif
