/* The poms of one target, each with its parent: what one file does not say by itself.
 *
 *     struct maven_projects projects = maven_projects_new(&arena);
 *     maven_projects_add(&projects, path, record, &place, err)     of each FACT_POM
 *     maven_projects_link(&projects, err)
 *     maven_projects_resolve(&projects, i, take, &unknown, err)    of each, by the order in which they came
 *
 * A parent is the file at relativePath if that has its coordinates, else the pom that has them, wherever it
 * lies; what two files claim to be is not decided. Repositories are not asked. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_PROJECTS_H
#define PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_PROJECTS_H

#include "inspect/packages/java/maven_resolve.h"

struct maven_project {
    struct str path;
    void *place; /* the caller's */
    struct maven_model model;
    struct maven_node node;
    struct maven_coordinates is; /* with properties put in; empty where they are not known */
};

struct maven_projects {
    struct arena *arena;
    VEC(struct maven_project *) all;
    struct map by_path, by_name; /* path, "group:artifact:version" → struct maven_project *; or 0: several */
    size_t steps;
};

struct maven_projects maven_projects_new(struct arena *arena);
/* record lives as long as the arena; a broken one is ERR_INPUT. */
int maven_projects_add(struct maven_projects *projects, struct str path, struct str record, void *place,
                       struct err *err);
int maven_projects_link(struct maven_projects *projects, struct err *err);

/* The packages that its own file left open; unknown: how many still are. take's negative code ends it. */
typedef int maven_take(void *ctx, const struct maven_project *project, const struct package *package,
                       struct err *err);
int maven_projects_resolve(struct maven_projects *projects, size_t i, maven_take *take, void *ctx,
                           size_t *unknown, struct err *err);

#endif
