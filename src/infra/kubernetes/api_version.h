/* Which API versions Kubernetes deprecates and no longer serves, by minor version of the cluster.
 *
 * The rows are content/kubernetes/api-versions.yaml, compiled in. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_API_VERSION_H
#define PLIMSOLL_INFRA_KUBERNETES_API_VERSION_H

#include "base/str.h"

struct kubernetes_api_version {
    struct str api_version, kind;
    unsigned deprecated; /* since 1.<this>, or from it on, as planned */
    unsigned removed;    /* not served from 1.<this> on; 0: no such plan */
    struct str use;      /* "apps/v1 Deployment"; empty when nothing takes its place */
};

/* NULL for every version that is not deprecated, and for kinds that are not Kubernetes' own. */
const struct kubernetes_api_version *kubernetes_api_version_find(struct str api_version, struct str kind);

/* All rows, sorted by kind and version. */
const struct kubernetes_api_version *kubernetes_api_versions(size_t *n);

#endif
