/* What tests of advisories share: a folder of their own, and databases from a few records. */
#ifndef PLIMSOLL_TESTS_UNIT_VULN_SUPPORT_H
#define PLIMSOLL_TESTS_UNIT_VULN_SUPPORT_H

#include "base/buf.h"
#include "base/limits.h"
#include "vuln/build.h"

#include "test.h"

struct place {
    char dir[64], db[96];
};

void place_make(struct place *place);
void place_remove(struct place *place);

/* Writes text to <dir>/name, with the folders of name. */
void place_write(struct place *place, const char *name, struct str text);

/* ecosystems.txt and one all.zip of texts. */
void place_export(struct place *place, const char *ecosystem, const char *const *texts, size_t n);
/* Builds place->db from place->dir. */
int place_build(struct place *place, struct build_options options, struct err *err);

/* The preferred ids of what affects a package, with verdicts that are not "affected" marked: "A,B?,C!" for
 * undecided and not linked. The text lives in arena. */
struct advisories;
struct str match_ids(struct advisories *advisories, struct arena *arena, const char *ecosystem,
                     const char *name, const char *version);

#endif
