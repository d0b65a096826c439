/* parse_feed() in the cage (base/cage.h): a build_parse for struct build_options and struct update_options.
 *
 * The child frames each record (base/wire.h) and sends it; the parent hands it to emit() as it arrives and
 * drops it, so a feed of any size takes the memory of one record. A record that takes longer than a minute is
 * a hang. A crash or a hang is an error: what came before it does not make the feed whole. */
#ifndef PLIMSOLL_VULN_CAGED_PARSE_H
#define PLIMSOLL_VULN_CAGED_PARSE_H

#include "vuln/build.h"

/* context: a const bool that is true for --no-cage, or NULL. */
int caged_parse(void *context, enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit,
                void *emit_context, struct err *err);

#endif
