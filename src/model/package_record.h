/* A package as it stands in the store: the properties of an ASSET_PACKAGE.
 *
 * One asset is one package at one place of one target: its key is the purl, "#" and the path that states it.
 * Judges work from these alone, so that a new advisory can be matched without reading the target again. */
#ifndef PLIMSOLL_MODEL_PACKAGE_RECORD_H
#define PLIMSOLL_MODEL_PACKAGE_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "model/package.h"

struct package_record {
    struct package package; /* without its needs, which are edges */
    struct str purl;
    struct str ecosystem; /* of the advisories: "Debian:12", "npm"; empty when there are none for it */
    struct str path;      /* file that states it */
    struct str
        owner;     /* purl of the distribution package whose files hold it; then it is not judged by itself */
    int32_t layer; /* from 1; 0 without layers */
    int32_t removed_in; /* the layer that deletes or replaces its file; 0: it can be seen */
    bool is_in_base;
};

/* Writes the record as a JSON object / reads it back; slices of the latter live in arena. */
void package_record_write(struct buf *out, const struct package_record *record);
int package_record_read(struct arena *arena, struct str json, struct package_record *out, struct err *err);

/* The file of its path, which for one inside of an archive is the archive: "app.war" of
 * "app.war!/WEB-INF/lib/a.jar". */
struct str package_record_file(const struct package_record *record);

#endif
