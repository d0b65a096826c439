/* The head of Python's package metadata, in the form of mail headers.
 *
 * Core metadata specification (packaging.python.org/en/latest/specifications/core-metadata): fields before
 * the first empty line, long ones folded over lines that begin with white space. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PYTHON_PYTHON_METADATA_H
#define PLIMSOLL_INSPECT_PACKAGES_PYTHON_PYTHON_METADATA_H

#include "base/str.h"

struct python_metadata {
    struct str name, version;
    struct str licence; /* License-Expression, else License when it is one line */
};

/* Slices of text; fields that are not there are empty. */
void python_metadata_read(struct str text, struct python_metadata *out);

/* Takes one field with its folded lines off the front, as it stands in the text. False at the end of the
 * head. */
bool python_metadata_next(struct str *rest, struct str *name, struct str *value);

#endif
