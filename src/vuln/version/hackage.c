/* Hackage (Haskell): Cabal's Version, numbers between dots; of two that begin alike the longer is newer. */
#include "vuln/version/scheme.h"

int hackage_compare(struct str a, struct str b) {
    return list_compare(a, b, ".");
}

bool hackage_is_valid(struct str s) {
    return is_dotted(s, NULL);
}
