#include "vuln/version/version.h"

#include "vuln/version/scheme.h"

static const struct {
    const char *name;
    int (*compare)(struct str a, struct str b);
    bool (*is_valid)(struct str s);
} schemes[VERSION_SCHEMES] = {
    [VERSION_DPKG] = {"dpkg", dpkg_compare, dpkg_is_valid},
    [VERSION_RPM] = {"rpm", rpm_compare, rpm_is_valid},
    [VERSION_APK] = {"apk", apk_compare, apk_is_valid},
    [VERSION_SEMVER] = {"semver", semver_compare, semver_is_valid},
    [VERSION_PEP440] = {"pep440", pep440_compare, pep440_is_valid},
    [VERSION_MAVEN] = {"maven", maven_compare, maven_is_valid},
    [VERSION_RUBYGEMS] = {"rubygems", rubygems_compare, rubygems_is_valid},
    [VERSION_NUGET] = {"nuget", nuget_compare, nuget_is_valid},
    [VERSION_COMPOSER] = {"composer", composer_compare, composer_is_valid},
    [VERSION_GO] = {"go", go_compare, go_is_valid},
    [VERSION_HEX] = {"hex", hex_compare, hex_is_valid},
    [VERSION_PUB] = {"pub", pub_compare, pub_is_valid},
    [VERSION_CRAN] = {"cran", cran_compare, cran_is_valid},
    [VERSION_HACKAGE] = {"hackage", hackage_compare, hackage_is_valid},
};

/* The OSV schema's list of ecosystems. Those whose versions have no order (Linux, OSS-Fuzz,
 * Android: commits, tags, patch levels by date) are not here. */
static const struct {
    struct str name;
    enum version_scheme scheme;
} ecosystems[] = {
    {STR("Alpaquita"), VERSION_APK},
    {STR("AlmaLinux"), VERSION_RPM},
    {STR("Alpine"), VERSION_APK},
    {STR("Amazon"), VERSION_RPM},
    {STR("Amazon Linux"), VERSION_RPM},
    {STR("Azure Linux"), VERSION_RPM},
    {STR("BellSoft Hardened Containers"), VERSION_APK},
    {STR("Bitnami"), VERSION_SEMVER},
    {STR("CBL-Mariner"), VERSION_RPM},
    {STR("CRAN"), VERSION_CRAN},
    {STR("CentOS"), VERSION_RPM},
    {STR("Chainguard"), VERSION_APK},
    {STR("CleanStart"), VERSION_APK},
    {STR("ConanCenter"), VERSION_SEMVER},
    {STR("Debian"), VERSION_DPKG},
    {STR("Echo"), VERSION_DPKG},
    {STR("Fedora"), VERSION_RPM},
    {STR("GitHub Actions"), VERSION_SEMVER},
    {STR("Go"), VERSION_GO},
    {STR("Hackage"), VERSION_HACKAGE},
    {STR("Hex"), VERSION_HEX},
    {STR("Julia"), VERSION_SEMVER},
    {STR("Kubernetes"), VERSION_SEMVER},
    {STR("Mageia"), VERSION_RPM},
    {STR("Maven"), VERSION_MAVEN},
    {STR("MinimOS"), VERSION_APK},
    {STR("NuGet"), VERSION_NUGET},
    {STR("Oracle Linux"), VERSION_RPM},
    {STR("Packagist"), VERSION_COMPOSER},
    {STR("Photon OS"), VERSION_RPM},
    {STR("Pub"), VERSION_PUB},
    {STR("PyPI"), VERSION_PEP440},
    {STR("Red Hat"), VERSION_RPM},
    {STR("Rocky Linux"), VERSION_RPM},
    {STR("RubyGems"), VERSION_RUBYGEMS},
    {STR("SUSE"), VERSION_RPM},
    {STR("SwiftURL"), VERSION_SEMVER},
    {STR("Ubuntu"), VERSION_DPKG},
    {STR("VSCode"), VERSION_SEMVER},
    {STR("Wolfi"), VERSION_APK},
    {STR("crates.io"), VERSION_SEMVER},
    {STR("npm"), VERSION_SEMVER},
    {STR("openEuler"), VERSION_RPM},
    {STR("openSUSE"), VERSION_RPM},
};

bool version_scheme_of(struct str ecosystem, enum version_scheme *out) {
    struct str name, suffix;
    str_cut(ecosystem, ':', &name, &suffix);
    for (size_t i = 0; i < ARRAY_SIZE(ecosystems); i++) {
        if (str_eq(ecosystems[i].name, name)) {
            *out = ecosystems[i].scheme;
            return true;
        }
    }
    return false;
}

const char *version_scheme_name(enum version_scheme scheme) {
    assert(scheme < VERSION_SCHEMES);
    return schemes[scheme].name;
}

int version_compare(enum version_scheme scheme, struct str a, struct str b) {
    assert(scheme < VERSION_SCHEMES);
    return schemes[scheme].compare(a, b);
}

bool version_is_valid(enum version_scheme scheme, struct str s) {
    assert(scheme < VERSION_SCHEMES);
    return schemes[scheme].is_valid(s);
}
