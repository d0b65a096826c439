/* Files from a server into a folder, by plimsoll-fetch: many at a time, begun ones continued, none larger
 * than its cap.
 *
 *     struct pull_file files[] = {{.url = "https://.../npm/all.zip", .path = "feeds/npm.zip", .cap = GIB}};
 *     pull_start(&pull, &options, err);
 *     pull_files(pull, files, 1, err);
 *     pull_stop(pull);
 *
 * What arrives is not looked at here, but a web page is refused: no feed is one. */
#ifndef PLIMSOLL_VULN_PULL_H
#define PLIMSOLL_VULN_PULL_H

#include "base/arena.h"
#include "source/fetch/fetch.h"

struct pull;

struct pull_options {
    const char *const *insecure; /* "host" or "host:port": plain HTTP allowed, TLS not verified */
    size_t insecure_n;
    const char *spool; /* takes the bytes of files without a path; is made, or emptied */
    uint32_t stall_s;  /* a slower server than 1 KB/s is given up after so long; 0: half a minute */
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_context;
};

enum pull_outcome { PULL_DONE, PULL_UNCHANGED, PULL_ABSENT };

struct pull_file {
    const char *url;
    const char *path; /* is made, or replaced; NULL: a small one among many, whose bytes are in body */
    uint64_t cap;
    struct str body; /* out; lives until the next pull_files() or the end */
    uint64_t at;     /* pull's own: where its spool has the body */
    struct str etag; /* in: what we have is this one, or empty; out: the server's, in pull's memory */
    /* What an earlier run has left at path is taken up, if the server says that it is still the same; and
     * what this one leaves can be, with a note of whose it is beside it (path.of). */
    bool resumes;
    bool is_continued; /* out: some of the bytes are an earlier run's */
    enum pull_outcome outcome;
};

int pull_start(struct pull **out, const struct pull_options *options, struct err *err);
void pull_stop(struct pull *pull);
void pull_stopp(struct pull **pull);

/* All of them, or an error that names the address that failed. A server that says "no such file" (404) is an
 * outcome, no error. */
int pull_files(struct pull *pull, struct pull_file *files, size_t n, struct err *err);

/* base/part/part with the parts percent-encoded; NULL parts end the list. NULL: no memory. */
char *pull_url(struct arena *arena, const char *base, const char *part, const char *next);

#endif
