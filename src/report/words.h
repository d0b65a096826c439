/* What a finding says, in the words that formats for other programs share. Each adds to a buffer, so that a
 * text a finding costs nothing beyond its own writing. */
#ifndef PLIMSOLL_REPORT_WORDS_H
#define PLIMSOLL_REPORT_WORDS_H

#include "report/view.h"

/* Empties a buffer for the next text; the view remembers that one failed. */
void words_begin(struct view *view, struct buf *text);

/* The finding's own title, else its rule. A slice of the finding. */
struct str words_title(const struct view_finding *finding);
/* What a check's or a secret's finding is on: the resource, else the file. */
struct str words_resource(const struct view_finding *finding);
/* "lodash 4.17.20"; without a package words_resource(). */
void words_subject(struct buf *out, const struct view_finding *finding);
/* "lodash 4.17.20: Command injection in lodash. Known to be exploited. Fixed in 4.17.21."; of a check its
 * message, item and reason. */
void words_message(struct buf *out, const struct view_finding *finding);
/* What to do: "Upgrade lodash to 4.17.21.", a check's own words; nothing when nothing is known. */
void words_fix(struct buf *out, const struct view_finding *finding);
/* Where the rule is described; nothing when nobody is known to. Of a check its first reference. */
void words_link(struct buf *out, const struct view_finding *finding);

/* Where the finding is stated, relative to the target's root; the target's name without a path. */
struct str words_path(const struct view *view, const struct view_finding *finding);

/* At most n bytes of s, not cut within a character. */
struct str words_cut(struct str s, size_t n);

/* As XML 1.0 has it in text and attributes: markup is escaped, and what may not stand there (section 2.2), or
 * is not UTF-8, becomes U+FFFD. */
void words_xml(struct buf *out, struct str s);

#endif
