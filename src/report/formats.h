/* The writers behind the table of formats. */
#ifndef PLIMSOLL_REPORT_FORMATS_H
#define PLIMSOLL_REPORT_FORMATS_H

#include "report/report.h"

int report_csv(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
               struct err *err);
int report_cyclonedx(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                     struct err *err);
int report_github(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                  struct err *err);
int report_github_snapshot(struct store *store, int64_t run, const struct report_options *options,
                           struct buf *out, struct err *err);
int report_gitlab_container(struct store *store, int64_t run, const struct report_options *options,
                            struct buf *out, struct err *err);
int report_gitlab_dependency(struct store *store, int64_t run, const struct report_options *options,
                             struct buf *out, struct err *err);
int report_gitlab_sast(struct store *store, int64_t run, const struct report_options *options,
                       struct buf *out, struct err *err);
int report_gitlab_secret(struct store *store, int64_t run, const struct report_options *options,
                         struct buf *out, struct err *err);
int report_html(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err);
int report_human(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err);
int report_json(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err);
int report_junit(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err);
int report_markdown(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                    struct err *err);
int report_openvex(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                   struct err *err);
int report_template(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                    struct err *err);
int report_sarif(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err);
int report_spdx(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err);

#endif
