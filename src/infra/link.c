#include "infra/link.h"

#include "infra/kubernetes/references.h"

int infra_link(struct resources *set, struct err *err) {
    int r = kubernetes_refer(set, err);
    if (r == 0) {
        resources_link(set);
    }
    return r;
}
