#include "model/ecosystem.h"

/* How a distribution writes its version in an ecosystem's name. */
enum version_form {
    NO_VERSION,
    MAJOR, /* "9.4" → "9" */
    MINOR, /* "3.19.1" → "3.19" */
    WHOLE,
    UBUNTU,      /* "24.04" → "24.04:LTS" for April of even years */
    SUSE_SERVICE /* "15.5" → "15 SP5" */
};

static const struct {
    const char *id, *prefix;
    enum version_form form;
} distributions[] = {
    {"debian", "Debian:", MAJOR},
    {"ubuntu", "Ubuntu:", UBUNTU},
    {"alpine", "Alpine:v", MINOR},
    {"almalinux", "AlmaLinux:", MAJOR},
    {"amzn", "Amazon Linux:", WHOLE},
    {"centos", "Red Hat:enterprise_linux:", MAJOR},
    {"mariner", "Azure Linux:", MAJOR},
    {"ol", "Oracle Linux:", MAJOR},
    {"rhel", "Red Hat:enterprise_linux:", MAJOR},
    {"rocky", "Rocky Linux:", MAJOR},
    {"mageia", "Mageia:", MAJOR},
    {"openEuler", "openEuler:", WHOLE},
    {"opensuse-leap", "openSUSE:Leap ", WHOLE},
    {"opensuse-tumbleweed", "openSUSE:Tumbleweed", NO_VERSION},
    {"sles", "SUSE:Linux Enterprise Server ", SUSE_SERVICE},
    {"azurelinux", "Azure Linux:", MAJOR},
    {"photon", "Photon OS:", WHOLE},
    {"wolfi", "Wolfi", NO_VERSION},
    {"chainguard", "Chainguard", NO_VERSION},
    {"minimos", "MinimOS", NO_VERSION},
};

static struct str up_to_dot(struct str version, unsigned dots) {
    for (size_t i = 0; i < version.n; i++) {
        if (version.p[i] == '.' && dots-- == 0) {
            return str_sub(version, 0, i);
        }
    }
    return version;
}

static bool is_long_term(struct str version) {
    uint64_t year;
    struct str years, month;
    return str_cut(version, '.', &years, &month) && str_to_u64(years, 10, &year) && year % 2 == 0 &&
           str_eq(month, STR("04"));
}

static struct str version_in(struct arena *arena, enum version_form form, struct str version) {
    struct str major, service;
    switch (form) {
    case NO_VERSION:
        return STR("");
    case MAJOR:
        return up_to_dot(version, 0);
    case MINOR:
        return up_to_dot(version, 1);
    case WHOLE:
        return version;
    case UBUNTU:
        return arena_strf(arena, "%.*s%s", STR_ARG(version), is_long_term(version) ? ":LTS" : "");
    case SUSE_SERVICE:
        if (!str_cut(version, '.', &major, &service)) {
            return version;
        }
        return arena_strf(arena, "%.*s SP%.*s", STR_ARG(major), STR_ARG(service));
    }
    return STR_NONE;
}

struct str ecosystem_of_os(struct arena *arena, struct str id, struct str version_id) {
    for (size_t i = 0; i < ARRAY_SIZE(distributions); i++) {
        if (!str_eq(id, str_c(distributions[i].id))) {
            continue;
        }
        if (distributions[i].form != NO_VERSION && !version_id.n) {
            return STR_NONE;
        }
        struct str version = version_in(arena, distributions[i].form, version_id);
        return arena_strf(arena, "%s%.*s", distributions[i].prefix, STR_ARG(version));
    }
    return STR_NONE;
}

struct str ecosystem_of_type(enum package_type type) {
    switch (type) {
    case PACKAGE_NPM:
        return STR("npm");
    case PACKAGE_PYPI:
        return STR("PyPI");
    case PACKAGE_GOLANG:
        return STR("Go");
    case PACKAGE_CARGO:
        return STR("crates.io");
    case PACKAGE_MAVEN:
        return STR("Maven");
    case PACKAGE_NUGET:
        return STR("NuGet");
    case PACKAGE_GEM:
        return STR("RubyGems");
    case PACKAGE_COMPOSER:
        return STR("Packagist");
    case PACKAGE_SWIFT:
        return STR("SwiftURL");
    case PACKAGE_PUB:
        return STR("Pub");
    case PACKAGE_HEX:
        return STR("Hex");
    case PACKAGE_HACKAGE:
        return STR("Hackage");
    case PACKAGE_CONAN:
        return STR("ConanCenter");
    case PACKAGE_CRAN:
        return STR("CRAN");
    case PACKAGE_JULIA:
        return STR("Julia");
    case PACKAGE_GITHUB:
        return STR("GitHub Actions");
    case PACKAGE_DEB:
    case PACKAGE_RPM:
    case PACKAGE_APK:
    case PACKAGE_ALPM:
    case PACKAGE_OPKG:
    case PACKAGE_COCOAPODS:
    case PACKAGE_VCPKG:
    case PACKAGE_CONDA:
    case PACKAGE_TERRAFORM:
    case PACKAGE_GENERIC:
    case PACKAGE_TYPES:
        break;
    }
    return STR_NONE;
}
