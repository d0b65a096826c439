#include "infra/link.h"

#include "infra/kubernetes/selector.h"

int infra_link(struct resources *set, struct err *err) {
    int r = kubernetes_select(set, err);
    if (r == 0) {
        resources_link(set);
    }
    return r;
}
