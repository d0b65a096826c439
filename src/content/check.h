/* A check: one rule on one kind of resource, with its reason, its fix and its own examples.
 *
 * Written as YAML, one document a check (docs/checks.md shows every field):
 *
 *     id: PLM-K8S-012
 *     title: Container may gain more privileges than its parent
 *     severity: high
 *     kinds: [Workload]
 *     each: containers(self)
 *     fail: item.?securityContext.?allowPrivilegeEscalation.orValue(true)
 *     why: …
 *     fix: …
 *     patch: [{set: securityContext.allowPrivilegeEscalation, value: false}]
 *     controls: {cis-kubernetes-1.10.0: ['5.2.6']}
 *     examples: [{source: kubernetes, expect: fail, at: 7, text: …}]
 *
 * A check is plain data without pointers to anything that has to be made at start: those built in are
 * constants in the program, with their expressions compiled (scripts and tools/content.c make them from
 * content/); a user's are the same structs in an arena. */
#ifndef PLIMSOLL_CONTENT_CHECK_H
#define PLIMSOLL_CONTENT_CHECK_H

#include "base/str.h"
#include "doc/doc.h"
#include "model/model.h"

/* A CEL expression and its compiled form (cel_program_load()). Both are empty where a check has none. */
struct check_expression {
    struct str text, block;
    struct doc_place at; /* where it stands in its file */
};

/* A framework and the numbers of its controls that a check answers: "cis-docker-1.6.0", "4.1,4.6". */
struct check_control {
    struct str framework, numbers;
};

/* How the text that a finding is on has to change. A path is relative to the item of `each`, else to self. */
enum check_patch_kind {
    CHECK_PATCH_SET,     /* path gets value */
    CHECK_PATCH_REMOVE,  /* path goes */
    CHECK_PATCH_REPLACE, /* the text of the node that `node` gives becomes what `with` gives */
    CHECK_PATCH_DELETE,  /* the lines of the node go */
    CHECK_PATCH_BEFORE,  /* lines that `with` gives, before those of the node */
    CHECK_PATCH_AFTER,
    CHECK_PATCH_KINDS
};

struct check_patch {
    enum check_patch_kind kind;
    struct str path;
    struct str value; /* JSON */
    struct check_expression node, with;
};

enum check_expect { CHECK_EXPECT_PASS, CHECK_EXPECT_FAIL, CHECK_EXPECT_UNDECIDED };

struct check_example {
    struct str source; /* "dockerfile", "kubernetes", "compose", "image" */
    enum check_expect expect;
    uint32_t line;         /* that a finding has to be on; 0: any */
    struct str kubernetes; /* version of the cluster; empty: the newest known */
    struct str text;       /* the file */
    struct str fixed;      /* the file after the patch; empty: not said */
    struct str rules;      /* JSON: what guardrails ask of images (docs/base-images.md); empty: nothing */
    struct doc_place at;
};

struct check {
    struct str id, title;
    enum severity severity;
    const struct str *kinds; /* "Workload" and "*" stand for many: see policy/kinds.h */
    size_t kinds_n;
    struct check_expression when;    /* bool; false: the check does not apply */
    struct check_expression each;    /* list; `fail` is asked of every item */
    struct check_expression fail;    /* bool */
    struct check_expression where;   /* the value whose place the finding has; else what decided `fail` */
    struct check_expression message; /* string */
    struct str why, fix;
    const struct check_patch *patches;
    size_t patches_n;
    const struct check_control *controls;
    size_t controls_n;
    const struct str *references; /* addresses */
    size_t references_n;
    const struct check_example *examples;
    size_t examples_n;
    struct str file; /* the pack's file, and */
    struct doc_place at;
};

/* "pass", "fail", "undecided". */
const char *check_expect_name(enum check_expect expect);
/* "set", "remove", "replace", "delete", "before", "after": the first member of a patch. */
const char *check_patch_name(enum check_patch_kind kind);

/* What the program brings, by id. Defined by the generated file; empty in programs that link none. */
extern const struct check *const builtin_checks[];
extern const size_t builtin_checks_n;

#endif
