/* The libraries beside the standard one: a table with a row each, ended by NULL, for cel_env_config. */
#ifndef PLIMSOLL_CEL_LIBRARY_LIBRARIES_H
#define PLIMSOLL_CEL_LIBRARY_LIBRARIES_H

#include "cel/function.h"

/* At least as many as there are, for arrays that add some. */
enum { CEL_LIBRARY_MAX = 16 };
extern const struct cel_library *const cel_libraries[];

extern const struct cel_library cel_library_optionals;

#endif
