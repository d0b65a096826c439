#include "infra/kubernetes/api_version.h"

static const struct kubernetes_api_version rows[] = {
#include "api_versions_table.inc"
};

const struct kubernetes_api_version *kubernetes_api_versions(size_t *n) {
    *n = ARRAY_SIZE(rows);
    return rows;
}

const struct kubernetes_api_version *kubernetes_api_version_find(struct str api_version, struct str kind) {
    size_t low = 0, high = ARRAY_SIZE(rows);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(rows[middle].kind, kind);
        order = order ? order : str_cmp(rows[middle].api_version, api_version);
        if (order == 0) {
            return &rows[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
