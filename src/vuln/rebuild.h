/* What a rebuild on other base packages changes: the run's findings in base layers that those packages do not
 * have, and those that they bring. Both sides are judged by the same advisories and VEX documents, by
 * vuln_judge(). */
#ifndef PLIMSOLL_VULN_REBUILD_H
#define PLIMSOLL_VULN_REBUILD_H

#include "model/package_record.h"
#include "vuln/judge.h"

/* A vulnerability that comes with the other packages. */
struct rebuild_issue {
    struct str rule, name, version;
    enum package_type type;
    enum severity severity;
};

struct rebuild {
    int64_t *vanishing; /* ids of the run's findings, ascending */
    size_t vanishing_n;
    struct rebuild_issue *appearing; /* of packages by their source, each once */
    size_t appearing_n;
};

/* What is found is in arena. A finding counts where it is open and in a base layer; it stays where one of its
 * rule is open on the same package, of distributions the same source package, whatever the version. */
int rebuild_compare(struct store *store, int64_t run, const struct package_record *packages, size_t n,
                    const struct vuln_options *options, struct arena *arena, struct rebuild *out,
                    struct err *err);

#endif
