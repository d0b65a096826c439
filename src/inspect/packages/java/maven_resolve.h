/* Versions of a pom's dependencies (maven.apache.org/pom.html; "Introduction to the Dependency Mechanism"):
 * from the dependency itself, else from what the pom, its parents and then the imported lists of versions
 * manage, all with the properties that hold in the pom at hand. Profiles and plugins do not count.
 *
 * Time is bounded by a budget of steps, after which nothing more is known. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_RESOLVE_H
#define PLIMSOLL_INSPECT_PACKAGES_JAVA_MAVEN_RESOLVE_H

#include "base/map.h"
#include "inspect/packages/java/maven_model.h"
#include "model/package.h"

struct maven_node {
    const struct maven_model *model;
    const struct maven_node *parent; /* its pom, when it is at hand: without circles */
    struct map properties;           /* name → 1 + place in the model */
    struct map managed;              /* name without properties in it → 1 + place */
    size_t *open; /* places of managed ones with properties in their name, and of imports */
    size_t open_n;
};

struct maven_resolver {
    struct arena *arena;
    /* The pom with those coordinates, or NULL; NULL when there are no others. */
    const struct maven_node *(*find)(void *ctx, const struct maven_coordinates *wanted);
    void *ctx;
    size_t steps;
    struct err *err;
};

enum { MAVEN_STEPS = 1000000 };

/* The parent is for the caller to set. */
int maven_node_init(struct arena *arena, const struct maven_model *model, struct maven_node *out,
                    struct err *err);

/* The value with its properties put in; empty, and 0, when it can't be known. */
int maven_put_in(struct maven_resolver *resolver, const struct maven_node *node, struct str value,
                 struct str *out);

/* A package without checksum or needs. 1; 0 when name or version can't be known, or are no single version
 * (a range, "LATEST"). */
int maven_resolve(struct maven_resolver *resolver, const struct maven_node *node,
                  const struct maven_dependency *dependency, struct package *out);

#endif
