/* A package as its own ecosystem names it, and its package URL.
 *
 * purl: https://github.com/package-url/purl-spec. Names of ecosystems in advisories: the OSV schema. */
#ifndef PLIMSOLL_MODEL_PACKAGE_H
#define PLIMSOLL_MODEL_PACKAGE_H

#include "base/arena.h"

/* The values are stored in cache files: append, never renumber. */
enum package_type {
    PACKAGE_DEB,
    PACKAGE_RPM,
    PACKAGE_APK,
    PACKAGE_NPM,
    PACKAGE_PYPI,
    PACKAGE_GOLANG,
    PACKAGE_CARGO,
    PACKAGE_MAVEN, /* name "group:artifact" */
    PACKAGE_NUGET,
    PACKAGE_GEM,
    PACKAGE_COMPOSER,  /* "vendor/name" */
    PACKAGE_SWIFT,     /* "github.com/vapor/vapor" */
    PACKAGE_COCOAPODS, /* without the subspec */
    PACKAGE_PUB,
    PACKAGE_HEX,
    PACKAGE_HACKAGE,
    PACKAGE_CONAN,
    PACKAGE_VCPKG,
    PACKAGE_CRAN,
    PACKAGE_JULIA,
    PACKAGE_CONDA,
    PACKAGE_ALPM,
    PACKAGE_OPKG,
    PACKAGE_GITHUB,    /* an action: "actions/checkout" */
    PACKAGE_TERRAFORM, /* a provider: "hashicorp/aws" */
    PACKAGE_GENERIC,   /* a program that no package brought */
    PACKAGE_TYPES
};

enum package_flag {
    PACKAGE_IS_DEVELOPMENT = 1, /* only for building or testing, by the lockfile's own mark */
    PACKAGE_IS_DIRECT = 2,      /* named by the project itself */
    PACKAGE_IS_INSTALLED = 4,   /* its files are there; otherwise a lockfile or manifest asks for it */
    PACKAGE_KNOWS_LINKED = 8,   /* `linked` is complete: what is not in it is not in the binary */
    PACKAGE_IS_SHADED = 16,     /* its classes were copied into another archive */
};

/* What a package depends on: one that the same file states, or for packages of distributions any that is
 * installed. */
struct package_need {
    struct str name;
    struct str version; /* empty: whichever there is of the name */
};

/* All strings are slices that the producer keeps; empty means not stated. */
struct package {
    enum package_type type;
    unsigned flags;
    struct str name; /* as the ecosystem compares it: PyPI names normalised (PEP 503) */
    struct str
        version; /* deb: [epoch:]upstream[-revision]; rpm: [epoch:]version-release; golang: with its "v" */
    struct str arch; /* deb, rpm, apk */
    struct str
        source_name; /* the source package, when it is not name (deb, apk: origin, rpm: from SOURCERPM) */
    struct str source_version; /* when it is not version */
    struct str licence;        /* as the package states it */
    struct str vendor;         /* rpm, deb: who built it, as stated */
    uint32_t line;             /* in the file that names it, from 1; 0 when the file has no lines */
    const struct str *linked;  /* golang: import paths of its packages that are in the binary */
    size_t linked_n;
    struct str checksum; /* of its archive as stated: "sha512:" and hexadecimal digits in lower case */
    const struct package_need *needs;
    size_t needs_n;
    struct str within; /* where it is inside of an archive: "WEB-INF/lib/a.jar", with "!/" between archives */
};

/* "deb", "npm": the purl type. */
const char *package_type_name(enum package_type type);
/* Its names are those of the distribution that it was installed from. */
bool package_type_is_of_os(enum package_type type);
bool package_type_of(struct str name, enum package_type *out);

/* The canonical purl. distro is the namespace of OS packages ("debian") and distro_qualifier their
 * `distro` qualifier ("debian-12"); both may be empty and are ignored by language packages. */
struct str package_purl(struct arena *arena, const struct package *package, struct str distro,
                        struct str distro_qualifier);

/* PEP 503: lower case, runs of "-", "_" and "." become one "-". */
struct str package_pypi_name(struct arena *arena, struct str name);

#endif
