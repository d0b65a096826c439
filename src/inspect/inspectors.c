#include "inspect/inspector.h"

const struct inspector *const inspectors[] = {
    NULL,
};
const size_t inspectors_n = 0;
