/* inspector_table: docs/inspectors.md, from the inspectors' own rows. */
#include "inspect/inspector.h"

int main(void) {
    printf("# What is read\n\n"
           "Made by `tests/tools/inspector_table` from the rows of the inspectors "
           "(`src/inspect/inspectors.c`).\n\n"
           "| inspector | what | files |\n|---|---|---|\n");
    for (size_t i = 0; i < inspectors_n; i++) {
        printf("| %s | %s | %s |\n", inspectors[i]->name, inspectors[i]->title, inspectors[i]->reads);
    }
    return 0;
}
