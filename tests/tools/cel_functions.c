/* cel_functions: docs/cel_functions.md, from the rows of CEL's libraries. */
#include "cel/library/libraries.h"
#include "cel/library/standard.h"

#include <stdio.h>

/* Operators and what macros call have no name that one could write. */
static bool may_be_written(const struct cel_function *f) {
    return (f->name[0] >= 'a' && f->name[0] <= 'z') || (f->name[0] >= 'A' && f->name[0] <= 'Z');
}

static void print_library(const struct cel_library *library) {
    printf("\n## %s\n\n| function | takes and gives |\n|---|---|\n", library->name);
    for (size_t i = 0; i < library->function_count; i++) {
        const struct cel_function *f = &library->functions[i];
        if (may_be_written(f)) {
            printf("| `%s` | `%s` |\n", f->name, f->signature);
        }
    }
}

int main(void) {
    printf("# Functions of CEL\n\n"
           "Made by `tests/tools/cel_functions` from the rows of the libraries (`src/cel/library`).\n\n"
           "`string.(int) string` takes what stands before the dot and what stands in the brackets; `~A` is "
           "any\n"
           "type, the same one each time; `...` is as often as wanted.\n");
    print_library(&cel_library_standard);
    print_library(&cel_library_conversions);
    for (size_t i = 0; cel_libraries[i]; i++) {
        print_library(cel_libraries[i]);
    }
    return 0;
}
