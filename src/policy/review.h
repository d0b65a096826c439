/* One file looked at alone: what checks find in it, where exactly, and how each is mended. For editors, and
 * for `--fix`.
 *
 *     struct review_request request = {.in = {STR("dockerfile"), path, text}, .checks = p, .checks_n = n};
 *     review_in_cage(&arena, &request, &review, err);
 *
 * Comments in the file set findings aside as in a scan; guardrails are not asked. Checks that look at other
 * resources (a pod's NetworkPolicy) are left out, as those may stand in other files; a compose file that
 * extends another can't be read alone.
 *
 * The text is read, judged and mended in the cage, a fork of some milliseconds for each call: an editor opens
 * files that somebody else wrote. What comes back is places and texts, never a tree. */
#ifndef PLIMSOLL_POLICY_REVIEW_H
#define PLIMSOLL_POLICY_REVIEW_H

#include "policy/fix.h"

struct review_request {
    /* in.source is one that policy_read() knows, or "checks" (a pack), or "settings" (.plimsoll.yaml): of
     * these only mistakes are said. */
    struct fix_text in;
    const struct check *const *checks;
    size_t checks_n;
    bool honours_others;  /* comments for other scanners count too */
    int64_t now;          /* seconds: comments end */
    bool wants_fixes;     /* of findings on the lines from first to last; costs two readings each */
    uint32_t first, last; /* from 1 */
};

struct review_finding {
    const struct check *check;
    bool is_undecided;
    struct str message, reason, item; /* as in struct outcome */
    struct doc_span span;             /* of the value that decided: bytes of the text */
    uint32_t line;                    /* above which a comment would set it aside */
    struct fix fix;                   /* when it was wanted and there is one */
};

struct review {
    VEC(struct review_finding) findings; /* in the order of the file */
    bool is_cut;                         /* there were more than LIMIT_REVIEW_FINDINGS */
    /* Why the file can't be read, or judged alone; code is 0 when it can. */
    int code;
    struct str problem;
    struct doc_place at; /* line 0: not known */
};

/* What is wrong with the file is in *out; the function itself fails for lack of memory, or when a reader
 * crashed or hung. All of *out lives in arena. */
int review_in_cage(struct arena *arena, const struct review_request *request, struct review *out,
                   struct err *err);

/* The same in this process. */
int review_text(struct arena *arena, const struct review_request *request, struct review *out,
                struct err *err);

/* As fix_file(), in the cage, leaving out what comments in the file set aside. is_wanted runs in the cage. */
int review_mend(struct arena *arena, const struct review_request *request, fix_wanted *is_wanted, void *ctx,
                struct fix_result *out, struct err *err);

#endif
