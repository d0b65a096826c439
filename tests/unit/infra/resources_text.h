/* What a folder declares, as lines of text: for the cases, and for comparing with other programs.
 *
 *     KEY at FILE:LINE:COLUMN
 *     KEY PATH = VALUE at FILE:LINE:COLUMN        each scalar of a compose resource, empty lists and maps
 *     KEY -> KEY at FILE:LINE:COLUMN              a reference; "-> KEY absent" when it names nothing
 *     KEY container KIND NAME
 *     error MESSAGE */
#ifndef PLIMSOLL_TESTS_RESOURCES_TEXT_H
#define PLIMSOLL_TESTS_RESOURCES_TEXT_H

#include "base/buf.h"
#include "infra/compose/compose.h"

/* Files below folder; refuses none, for tests. context is the folder's name. */
struct folder {
    struct arena *arena;
    const char *name;
};
int folder_read(void *context, struct str path, struct str *text, struct err *err);

/* A compose project when the folder has compose.yaml (with compose.override.yaml), manifests otherwise. The
 * variables are SHELL_A=from shell and SHELL_EMPTY=. */
void resources_text(struct buf *out, const char *folder);
/* Only the compose model, as one JSON object {services: ..., volumes: ...}. */
int resources_json(struct buf *out, const char *folder, struct err *err);

#endif
