/* The libraries beside the standard one: a table with a row each, ended by NULL, for cel_env_config. */
#ifndef PLIMSOLL_CEL_LIBRARY_LIBRARIES_H
#define PLIMSOLL_CEL_LIBRARY_LIBRARIES_H

#include "cel/function.h"

/* At least as many as there are, for arrays that add some. */
enum { CEL_LIBRARY_MAX = 16 };
extern const struct cel_library *const cel_libraries[];

extern const struct cel_library cel_library_optionals;
extern const struct cel_library cel_library_strings;
extern const struct cel_library cel_library_format;
extern const struct cel_library cel_library_math;
extern const struct cel_library cel_library_lists;
extern const struct cel_library cel_library_kubernetes_lists;
extern const struct cel_library cel_library_sets;
extern const struct cel_library cel_library_encoders;
extern const struct cel_library cel_library_regex;
extern const struct cel_library cel_library_kubernetes_regex;
extern const struct cel_library cel_library_network;
extern const struct cel_library cel_library_quantity;
extern const struct cel_library cel_library_semver;
extern const struct cel_library cel_library_url;
extern const struct cel_library cel_library_named_format;

#endif
