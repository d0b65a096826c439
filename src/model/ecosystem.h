/* Names of package ecosystems in advisories (OSV schema, "Defined ecosystems"). */
#ifndef PLIMSOLL_MODEL_ECOSYSTEM_H
#define PLIMSOLL_MODEL_ECOSYSTEM_H

#include "base/arena.h"
#include "model/package.h"

/* Of a distribution by os-release's ID and VERSION_ID: "Debian:12", "Ubuntu:24.04:LTS", "Alpine:v3.19". Empty
 * when there is no ecosystem for it. In arena. */
struct str ecosystem_of_os(struct arena *arena, struct str id, struct str version_id);

/* Of a language's packages: "npm"; empty for packages of distributions. */
struct str ecosystem_of_type(enum package_type type);

#endif
