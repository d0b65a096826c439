/* Folders that hold no content of their own target: version control, and the kernel's views of a root file
 * system. */
#ifndef PLIMSOLL_INSPECT_PASSED_OVER_H
#define PLIMSOLL_INSPECT_PASSED_OVER_H

#include "base/str.h"

/* is_at_root: it is at the top of a root file system. */
bool passed_over_name(struct str name, bool is_at_root);
/* As any folder in the path of a file. */
bool passed_over_path(struct str path, bool is_system);

#endif
