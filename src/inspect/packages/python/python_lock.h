/* What Python's lockfiles share. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PYTHON_PYTHON_LOCK_H
#define PLIMSOLL_INSPECT_PACKAGES_PYTHON_PYTHON_LOCK_H

#include "doc/doc.h"
#include "inspect/packages/lock_graph.h"

/* Of a list of archives ({file or url, hash}) the stated checksum of the source archive, or of the only one
 * there is: a wheel among many is not what stands for the package. */
struct str python_lock_checksum(const struct doc *files, const char *hash_key);

/* A need of the package with this name, written in any of the forms that count as one (PEP 503). */
int python_lock_need(struct lock_graph *graph, size_t from, struct str name);

/* The name that a requirement begins with (PEP 508); what stands behind it in *rest. */
struct str python_lock_requirement(struct str requirement, struct str *rest);

/* The name and the version of a requirement that pins one (==, ===); false when it doesn't. By
 * python_requirements.c. */
bool python_lock_pin(struct str requirement, struct str *name, struct str *version);

#endif
