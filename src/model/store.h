/* Where the model lives. SQLite behind it: one file, or for a scan that keeps nothing memory, from which what
 * is large goes to an unnamed temporary file.
 *
 * All writes of one run go between store_begin() and store_commit(). Reading calls copy rows into the
 * caller's arena. Not for sharing between threads. Text is kept byte for byte, whatever it holds.
 *
 * Errors begin with the store's name. ERR_INPUT: the file is no store of ours, or is damaged.
 * ERR_UNSUPPORTED: a newer version wrote it. ERR_ABSENT: the store has no such run or asset. ERR_IO: busy,
 * full, unreadable. */
#ifndef PLIMSOLL_MODEL_STORE_H
#define PLIMSOLL_MODEL_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/model.h"

struct store;

/* path NULL: in memory. Creates and migrates the schema; a newer schema than ours is refused with a message.
 */
int store_open(struct store **out, const char *path, struct err *err);
void store_close(struct store *store);
void store_closep(struct store **store);

int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);

int store_run_begin(struct store *store, const struct run *run, int64_t *id, struct err *err);
/* Sets finished, is_complete, subject and properties of run->id. */
int store_run_end(struct store *store, const struct run *run, struct err *err);

/* The same (kind, key) is the same asset: put again, it gets the newer name, version, properties and
 * last_seen. The run's part in it, with its properties, is kept, so that "what was in run 7" can be asked. */
int store_put_asset(struct store *store, int64_t run, const struct asset *asset, int64_t *id,
                    struct err *err);
int store_put_edge(struct store *store, int64_t run, const struct edge *edge, struct err *err);
/* Sets finding->fingerprint itself when it is empty. */
int store_put_finding(struct store *store, int64_t run, const struct finding *finding, int64_t *id,
                      struct err *err);
/* Writes status, action and decision of the finding that has this id. */
int store_decide_finding(struct store *store, const struct finding *finding, struct err *err);
/* Writes the evidence of the finding that has this id. */
int store_put_evidence(struct store *store, int64_t finding, struct str evidence, struct err *err);
int store_put_rule(struct store *store, int64_t run, const struct rule *rule, struct err *err);
int store_put_problem(struct store *store, int64_t run, const struct problem *problem, struct err *err);

struct run_list {
    struct run *p;
    size_t n;
};
struct asset_list {
    struct asset *p;
    size_t n;
};
struct edge_list {
    struct edge *p;
    size_t n;
};
struct finding_list {
    struct finding *p;
    size_t n;
};
struct rule_list {
    struct rule *p;
    size_t n;
};
struct problem_list {
    struct problem *p;
    size_t n;
};

int store_get_run(struct store *store, struct arena *arena, int64_t run, struct run *out, struct err *err);
/* The last run of each target, by their ids. */
int store_get_latest_runs(struct store *store, struct arena *arena, struct run_list *out, struct err *err);
int store_get_asset(struct store *store, struct arena *arena, int64_t id, struct asset *out, struct err *err);
/* In the order they were put, with the properties that they had in this run. kind ASSET_KINDS: all. */
int store_get_assets(struct store *store, struct arena *arena, int64_t run, enum asset_kind kind,
                     struct asset_list *out, struct err *err);
/* The same one by one, for what need not have all at once. An asset's texts live until take() returns; take()
 * may put findings, edges and problems. */
typedef int store_take_asset(void *ctx, const struct asset *asset, struct err *err);
int store_each_asset(struct store *store, int64_t run, enum asset_kind kind, store_take_asset *take,
                     void *ctx, struct err *err);
/* Of those, what the run's findings are on. */
int store_each_found_asset(struct store *store, int64_t run, enum asset_kind kind, store_take_asset *take,
                           void *ctx, struct err *err);
int store_count_assets(struct store *store, int64_t run, enum asset_kind kind, size_t *out, struct err *err);
/* By from, to and kind; the same edge put twice is one. */
int store_get_edges(struct store *store, struct arena *arena, int64_t run, struct edge_list *out,
                    struct err *err);
/* Worst first: known exploited, severity, score, rule, asset. */
int store_get_findings(struct store *store, struct arena *arena, int64_t run, struct finding_list *out,
                       struct err *err);
/* The same one by one, as there may be very many. A finding's texts live until take() returns; those of a
 * check lack path, evidence and fingerprint: store_get_finding() has them. take() may write findings. */
typedef int store_take_finding(void *ctx, const struct finding *finding, struct err *err);
int store_each_finding(struct store *store, int64_t run, store_take_finding *take, void *ctx,
                       struct err *err);
/* In the order they were put, the first `most` whose id is higher than `after`, whole. */
int store_get_findings_after(struct store *store, struct arena *arena, int64_t run, int64_t after,
                             size_t most, struct finding_list *out, struct err *err);
int store_get_finding(struct store *store, struct arena *arena, int64_t id, struct finding *out,
                      struct err *err);
int store_count_findings(struct store *store, int64_t run, size_t *out, struct err *err);
/* Whether guardrails decided so on one of the run's findings. */
int store_has_action(struct store *store, int64_t run, enum finding_action action, bool *out,
                     struct err *err);
int store_get_problems(struct store *store, struct arena *arena, int64_t run, struct problem_list *out,
                       struct err *err);
/* By id: the checks that the run's findings name. */
int store_get_rules(struct store *store, struct arena *arena, int64_t run, struct rule_list *out,
                    struct err *err);
#endif
