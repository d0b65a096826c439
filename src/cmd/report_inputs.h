/* What single formats of reports need beside the results: the template, and of what a snapshot for GitHub is.
 */
#ifndef PLIMSOLL_CMD_REPORT_INPUTS_H
#define PLIMSOLL_CMD_REPORT_INPUTS_H

#include "cmd/command.h"
#include "report/report.h"

/* --template, read and compiled before anything is scanned; is_wanted: one is written by it. */
int report_read_template(struct report_options *out, const struct arguments *arguments, bool is_wanted,
                         struct arena *arena, struct err *err);
/* --sha, --ref and --job before what a workflow has in its environment. */
int report_read_github(struct report_github *github, const struct arguments *arguments, struct arena *arena,
                       struct err *err);

#endif
