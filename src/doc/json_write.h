/* JSON, written piece by piece into a buffer; commas, colons and indentation are put by the writer.
 *
 *     struct json_writer w = json_writer_new(&out, 2);
 *     json_begin_object(&w);
 *     json_key(&w, STR("name"));
 *     json_str(&w, name);
 *     json_end(&w);
 *     if (json_finish(&w, err) < 0) ...
 *
 * Strings are escaped; bytes that are not UTF-8 become U+FFFD, one for each byte that starts no sequence. A
 * writer that failed (memory, the buffer's cap, more than LIMIT_DOC_DEPTH deep) does nothing more; look once,
 * at the end. A value without a key in an object, or a key in an array, is a bug and asserts. */
#ifndef PLIMSOLL_DOC_JSON_WRITE_H
#define PLIMSOLL_DOC_JSON_WRITE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "doc/doc.h"

struct json_writer {
    struct buf *out;
    unsigned indent; /* spaces a level; 0 is one line without any white space */
    unsigned depth;
    bool has_key, too_deep;
    unsigned char levels[LIMIT_DOC_DEPTH];
};

struct json_writer json_writer_new(struct buf *out, unsigned indent);

void json_begin_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end(struct json_writer *w); /* of the innermost object or array */

void json_key(struct json_writer *w, struct str key);

void json_str(struct json_writer *w, struct str s);
void json_int(struct json_writer *w, int64_t i);
void json_uint(struct json_writer *w, uint64_t u);
void json_double(struct json_writer *w, double d); /* reads back the same; null when not finite */
void json_bool(struct json_writer *w, bool b);
void json_null(struct json_writer *w);
/* A value that is JSON already, put as it is. */
void json_raw(struct json_writer *w, struct str json);

/* A key and its value in one, which is quicker: json_key() and json_str(), or json_raw(). */
void json_member_str(struct json_writer *w, struct str key, struct str s);
/* Left out when s is empty. */
void json_member_text(struct json_writer *w, struct str key, struct str s);
void json_member_raw(struct json_writer *w, struct str key, struct str json);

/* A whole tree. DOC_BYTES become base64, DOC_TIMESTAMP its text, DOC_UNKNOWN null. A node that is shared is
 * written each time it stands: the buffer's cap bounds what an alias bomb can cost. */
void json_write_doc(struct json_writer *w, const struct doc *d);

/* 0, ERR_LIMIT or ERR_MEMORY. Everything begun must have been ended. */
int json_finish(const struct json_writer *w, struct err *err);

#endif
