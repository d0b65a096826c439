#include "cel/library/libraries.h"

const struct cel_library *const cel_libraries[] = {
    &cel_library_optionals,
    &cel_library_strings,
    &cel_library_format,
    &cel_library_math,
    &cel_library_lists,
    &cel_library_kubernetes_lists,
    &cel_library_sets,
    &cel_library_encoders,
    &cel_library_regex,
    &cel_library_network,
    &cel_library_quantity,
    &cel_library_semver,
    &cel_library_url,
    &cel_library_named_format,
    &cel_library_kubernetes_regex,
    NULL,
};
