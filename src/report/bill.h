/* A run as a bill of materials: what the SBOM formats write.
 *
 *     _cleanup_(bill_free) struct bill bill;
 *     bill_load(&bill, store, run, options, err);
 *
 * The writers say the same in two vocabularies. What neither has a word for (a package's layer, its source
 * package, what of it is linked) is said in our own, so that a bill that is scanned gives the findings of its
 * target. */
#ifndef PLIMSOLL_REPORT_BILL_H
#define PLIMSOLL_REPORT_BILL_H

#include "base/clock.h"
#include "doc/json_write.h"
#include "model/package_record.h"
#include "report/report.h"

struct bill_package {
    struct asset asset; /* its key is unique in the bill, its properties are the record */
    struct package_record record;
    struct str licence;  /* an SPDX expression; empty when record.package.licence is none */
    const size_t *needs; /* numbers of packages, ascending */
    size_t needs_n;
    bool is_needed; /* by another package */
};

struct bill {
    struct arena arena;
    const struct report_options *options;
    struct run run;
    struct asset subject;
    struct asset_list systems, layers;
    struct bill_package *packages;
    size_t packages_n;
    char uuid[37]; /* of this subject in this run */
    char time[CLOCK_TEXT];
};

int bill_load(struct bill *bill, struct store *store, int64_t run, const struct report_options *options,
              struct err *err);
void bill_free(struct bill *bill);

/* Empties out when it is full enough. */
int bill_drain(const struct bill *bill, struct buf *out, struct err *err);

/* "sha256:00ff": its algorithm and its digits; false when the package states none that is known. */
struct bill_checksum {
    const char *cyclonedx, *spdx; /* "SHA-256", "SHA256" */
    struct str digits;
};
bool bill_checksum_of(const struct bill_package *package, struct bill_checksum *out);

void bill_put(struct json_writer *w, const char *key, struct str value);

#endif
