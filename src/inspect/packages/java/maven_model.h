/* What one pom.xml says, as it is written: properties are not put in yet (maven_resolve.h).
 *
 * It leaves the cage as a record, as other files of the project may need it. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_MODEL_H
#define PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_MODEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "doc/xml.h"

struct maven_coordinates {
    struct str group, artifact, version;
};

struct maven_property {
    struct str name, value;
};

struct maven_dependency {
    struct maven_coordinates is;
    struct str type, classifier; /* type "jar" is empty */
    struct str scope;
    uint32_t line;
};

struct maven_model {
    struct maven_coordinates project, parent; /* group and version of the project may be the parent's */
    struct str parent_path;                   /* of the parent's file; empty: it is not in the project */
    struct maven_property *properties;
    size_t properties_n;
    struct maven_dependency *managed; /* dependencyManagement, imports among them */
    struct maven_dependency
        *dependencies; /* of a name the last; of a record: whose versions the file lacks */
    size_t managed_n, dependencies_n;
};

/* project: the root element; slices point into it. 0 or ERR_MEMORY. */
int maven_model_read(struct arena *arena, const struct xml_element *project, struct maven_model *out,
                     struct err *err);

void maven_model_put(struct buf *out, const struct maven_model *model);
/* Slices point into the record, lists are in arena. ERR_MEMORY; the cursor has failed when it is none. */
int maven_model_get(struct cursor *in, struct arena *arena, struct maven_model *out, struct err *err);

/* What tells dependencies of a model apart, as written: group, artifact, type and classifier. In arena. */
struct str maven_name(struct arena *arena, const struct maven_dependency *d);
bool maven_is_import(const struct maven_dependency *managed);
/* "${name}" stands in it. */
bool maven_has_properties(struct str s);

#endif
