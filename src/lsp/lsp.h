/* The Language Server Protocol, version 3.17, over JSON-RPC 2.0: what an editor is told of the files that it
 * has open.
 *
 *     struct lsp *lsp;
 *     lsp_new(&lsp, &(struct lsp_options){.checks = p, .checks_n = n}, err);
 *     while (lsp_take(lsp, bytes, &out, err) == 0) ...          bytes from the editor, out to it
 *     return lsp_exit_code(lsp);
 *
 * - Diagnostics after each change (changes that arrive together are judged once), hover, and code actions
 * that mend a finding or set it aside by a comment above its line.
 * - Documents: Dockerfiles and compose files by language or name, Kubernetes manifests in YAML and JSON,
 *   packs of checks, .plimsoll.yaml.
 * - Positions are counted in UTF-16, or in UTF-8 when the editor offers it.
 * - Each file is reviewed in the cage (policy/review.h), as somebody else may have written it. Messages are
 *   the editor's; they are read here, with caps on header, message, nesting, documents and their text.
 *
 * A request that is taken back before its turn is answered with RequestCancelled. Whatever else comes in is
 * ignored when it is a notification, and refused with MethodNotFound when it is a request. */
#ifndef PLIMSOLL_LSP_LSP_H
#define PLIMSOLL_LSP_LSP_H

#include "base/buf.h"
#include "policy/review.h"

struct lsp_options {
    const struct check *const *checks; /* live as long as the server */
    size_t checks_n;
    struct str kubernetes; /* as judge_options.kubernetes */
    bool honours_others;
    /* How a file is reviewed; NULL: review_in_cage(). */
    int (*review)(struct arena *arena, const struct review_request *request, struct review *out,
                  struct err *err);
};

struct lsp;

int lsp_new(struct lsp **out, const struct lsp_options *options, struct err *err);
void lsp_free(struct lsp *lsp);
void lsp_freep(struct lsp **lsp);

/* Takes bytes that came in, in any pieces, and adds what is to be sent to out. 1 when the editor said exit;
 * negative when no further message can be found in the stream, or without memory. */
int lsp_take(struct lsp *lsp, struct str bytes, struct buf *out, struct err *err);

/* 0 when the editor said shutdown before it left, else 1. */
int lsp_exit_code(const struct lsp *lsp);

#endif
