/* guardrail_fields: what docs/guardrails.md says of finding, asset and target, from the rows of the code. */
#include "policy/guardrail/subject.h"

#include <stdio.h>

int main(void) {
    printf("| field | type | |\n|---|---|---|\n");
    for (size_t i = 0; i < SUBJECT_FIELDS; i++) {
        printf("| `%s` | %s | %s |\n", subject_rows[i].name, subject_rows[i].type, subject_rows[i].what);
    }
    return 0;
}
