/* The inspectors of packages: databases of installed ones, lockfiles and manifests. One row each. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H
#define PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H

#include "inspect/inspector.h"

extern const struct inspector inspect_apk;
extern const struct inspector inspect_dpkg;
extern const struct inspector inspect_os_release;
extern const struct inspector inspect_rpm;

#endif
