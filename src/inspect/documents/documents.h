/* The inspectors of configuration: what people write beside their code. */
#ifndef PLIMSOLL_INSPECT_DOCUMENTS_DOCUMENTS_H
#define PLIMSOLL_INSPECT_DOCUMENTS_DOCUMENTS_H

#include "inspect/inspector.h"

extern const struct inspector inspect_compose;
extern const struct inspector inspect_dockerfile;
extern const struct inspector inspect_kubernetes;

/* Keeps a comment that may tell a scanner something: it holds "ignore" or "skip". */
void documents_comment(struct facts *facts, uint32_t line, struct str text);

#endif
