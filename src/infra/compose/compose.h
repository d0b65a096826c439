/* Compose files (the Compose Specification, and files of the formats 1, 2 and 3) to resources.
 *
 * - Files of one project are merged in their order: maps by key, lists put behind each other with later
 *   entries of the same target in the place of earlier ones, command, entrypoint and healthcheck.test
 * replaced;
 *   "!reset" takes a value away, "!override" replaces it.
 * - "extends" (this file or another) and "include" are followed; a cycle is refused with its place.
 * - Variables ($X, ${X:-default}, ${X-default}, ${X:?error}, ${X:+other}, $$) come from the project's
 *   environment, then from ".env" beside its first file. A value that needs a variable which is not set is
 *   DOC_UNKNOWN with the reason: what runs later may set it.
 * - Short syntax is brought to the long one (ports, volumes, devices, build, env_file, depends_on, networks,
 * secrets, configs, ulimits), lists of KEY=VALUE to maps, with the places of what was written.
 * - A value's place names its file (resources_file_of()).
 *
 * The resources are compose.Service, compose.Volume, compose.Network, compose.Secret and compose.Config; the
 * key is "compose.Service/<folder of the project>/web". Services name the others, and those that they depend
 * on. */
#ifndef PLIMSOLL_INFRA_COMPOSE_COMPOSE_H
#define PLIMSOLL_INFRA_COMPOSE_COMPOSE_H

#include "infra/resource.h"

/* How files are opened: path is relative to the root of what is scanned, without "." and "..". *text must
 * live as long as the set. ERR_ABSENT when there is no such file. */
struct compose_files {
    int (*read)(void *context, struct str path, struct str *text, struct err *err);
    void *context;
};

struct compose_variable {
    struct str name, value;
};

struct compose_project {
    const struct str *files; /* the compose file and what overrides it, in order; relative to the root */
    size_t files_n;
    const struct compose_variable *variables; /* the environment in which the project is run */
    size_t variables_n;
    const struct str
        *profiles; /* services that need other ones are left out; none given: all services are there */
    size_t profiles_n;
};

/* True for the names by which compose finds its file: compose.yaml, docker-compose.yml, ... */
bool compose_is_file_name(struct str name);

/* Adds what the project declares, with its references. Messages begin with the file. */
int compose_read(struct resources *set, const struct compose_project *project, struct compose_files files,
                 struct err *err);

#endif
