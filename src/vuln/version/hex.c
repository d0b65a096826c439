/* Hex (Elixir, Erlang): Elixir's Version module, which is SemVer. */
#include "vuln/version/scheme.h"

int hex_compare(struct str a, struct str b) {
    return semver_compare(a, b);
}

bool hex_is_valid(struct str s) {
    return semver_is_valid(s);
}
