#include "cel/library/libraries.h"

const struct cel_library *const cel_libraries[] = {
    &cel_library_optionals,
    NULL,
};
