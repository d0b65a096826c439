/* Runs an inspector on bytes and writes what it found as lines of text, fields between bars:
 *
 *     package|deb|bash|5.2.15-2+b2|amd64|source name|source version|licence|vendor|line
 *     package|npm|name|version|licence|line 3|development direct installed linked
 *     linked|name of a Go module|import path                one line each
 *     checksum|name|sha512:00ff
 *     within|name|version|place inside of the file
 *     needs|name|version|name of the other|its version      one line each
 *     os|id|version_id|name|codename|like|exact
 *     owned|deb|bash|<hash of a path as 16 digits>         one line a path
 *     problem|incomplete|message
 *     error|message                                        last, when the inspector failed */
#ifndef PLIMSOLL_TESTS_FACTS_TEXT_H
#define PLIMSOLL_TESTS_FACTS_TEXT_H

#include "base/buf.h"
#include "inspect/inspector.h"

/* By its name; NULL when there is none. */
const struct inspector *facts_text_find(const char *name);

/* Adds the lines to out; the inspector's code. */
int facts_text(struct buf *out, const struct inspector *inspector, struct str path, struct str body);
/* The body comes as a file. */
int facts_text_spooled(struct buf *out, const struct inspector *inspector, struct str path, int spool);

#endif
