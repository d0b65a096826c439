/* What the parsers of feeds share: one runs over the bytes of one feed and hands on records. They run in the
 * cage. Inside of vuln/ only.
 *
 * Vendors state what is affected as a status of a package in a release. A draft collects these of one
 * vulnerability or erratum; feed_draft_send() hands it on and empties it. */
#ifndef PLIMSOLL_VULN_FEEDS_PARSER_H
#define PLIMSOLL_VULN_FEEDS_PARSER_H

#include "vuln/feed.h"

struct feed_parser {
    bool keep_summary;
    feed_emit *emit;
    void *context;
    struct err *err;
    struct arena arena; /* of one record */
    struct buf out;     /* one payload */
};

/* Reduces, encodes and hands on. */
int feed_send_advisory(struct feed_parser *p, struct osv_record *record);
int feed_send_problem(struct feed_parser *p, struct str member, const char *message);
/* Damage is told as a problem; only the lack of memory ends the work. */
int feed_report(struct feed_parser *p, struct str member, int code, const struct err *cause);
/* gzip, bzip2, xz or zstd, by the first bytes; *out are the bytes themselves when they are none of these. */
int feed_unpack(struct str bytes, struct buf *room, struct str *out, struct err *err);

enum feed_status {
    FEED_FIXED,       /* affected below a version */
    FEED_UNFIXED,     /* every version is affected */
    FEED_UNAFFECTED,  /* none is: stated, so that others' words do not count */
    FEED_UNDETERMINED /* the vendor does not know */
};

struct feed_draft {
    struct osv_record record;
    VEC(struct osv_affected) affected;
    VEC(struct str) upstream;
};

struct feed_draft feed_draft_new(struct str id);
int feed_draft_upstream(struct feed_parser *p, struct feed_draft *draft, struct str id);
/* Names and versions past LIMIT_OSV_WORD, and empty ones, are ERR_LIMIT and ERR_INPUT. */
int feed_draft_add(struct feed_parser *p, struct feed_draft *draft, struct str ecosystem, struct str name,
                   enum feed_status status, struct str fixed);
/* Nothing is sent of a draft that says nothing. */
int feed_draft_send(struct feed_parser *p, struct feed_draft *draft);

/* "epoch:version-release", without an epoch of 0. In the parser's arena. */
struct str feed_rpm_version(struct feed_parser *p, struct str epoch, struct str version, struct str release);

/* The next "<name ...>...</name>" of a list of equal elements, as bytes: so that of a file of any size one
 * entry at a time is a tree. */
bool feed_next_element(struct str *rest, struct str open, struct str close, struct str *out);

int feed_parse_debian(struct feed_parser *p, struct str bytes);
int feed_parse_alpine(struct feed_parser *p, struct str bytes);
int feed_parse_amazon(struct feed_parser *p, struct str bytes);
int feed_parse_oracle(struct feed_parser *p, struct str bytes);
/* ecosystem: "Azure Linux:3"; the file does not state it. */
int feed_parse_azure(struct feed_parser *p, struct str bytes, struct str ecosystem);
int feed_parse_redhat(struct feed_parser *p, struct str bytes);
int feed_parse_private(struct feed_parser *p, struct str bytes);

#endif
