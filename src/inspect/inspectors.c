#include "inspect/inspector.h"

#include "inspect/packages/packages.h"

const struct inspector *const inspectors[] = {
    &inspect_os_release,
    &inspect_dpkg,
    &inspect_apk,
    &inspect_rpm,
};
const size_t inspectors_n = ARRAY_SIZE(inspectors);
