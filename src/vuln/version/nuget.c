/* NuGet: SemVer with up to four numbers, missing ones are zero, and labels without regard to case
 * (learn.microsoft.com, "Package versioning"). */
#include "vuln/version/scheme.h"

int nuget_compare(struct str a, struct str b) {
    struct semver va = semver_parse(a), vb = semver_parse(b);
    return semver_compare_parts(&va, &vb, nocase_compare);
}

bool nuget_is_valid(struct str s) {
    size_t count = 0;
    struct str core = take_until(&s, "-+");
    struct semver version = semver_parse(s);
    return is_dotted(core, &count) && count <= 4 && semver_tail_is_valid(&version);
}
