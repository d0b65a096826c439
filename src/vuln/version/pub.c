/* Pub (Dart): SemVer, but the build orders too: none before any, then as pre-releases do (pub_semver). */
#include "vuln/version/scheme.h"

int pub_compare(struct str a, struct str b) {
    struct semver va = semver_parse(a), vb = semver_parse(b);
    int order = semver_compare_parts(&va, &vb, str_cmp);
    if (order || va.has_build != vb.has_build) {
        return order ? order : va.has_build - vb.has_build;
    }
    return semver_compare_identifiers(va.build, vb.build, str_cmp);
}

bool pub_is_valid(struct str s) {
    return semver_is_valid(s);
}
