#include "vuln/sources.h"

#define AZURE "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/"

static const char *const alpine_files[] = {
    "v3.18/main.json",
    "v3.18/community.json",
    "v3.19/main.json",
    "v3.19/community.json",
    "v3.20/main.json",
    "v3.20/community.json",
    "v3.21/main.json",
    "v3.21/community.json",
    "v3.22/main.json",
    "v3.22/community.json",
    NULL,
};

const struct advisory_source advisory_sources[] = {
    {"alpine", "Alpine secdb", "https://secdb.alpinelinux.org/", alpine_files, FEED_ALPINE, 1},
    {"amazon", "Amazon Linux ALAS", NULL, NULL, FEED_AMAZON, 1},
    {"azurelinux", "Azure Linux 3 OVAL", AZURE "azurelinux-3.0-oval.xml", NULL, FEED_AZURE_3, 1},
    {"debian", "Debian security tracker", "https://security-tracker.debian.org/tracker/data/json", NULL,
     FEED_DEBIAN, 1},
    {"mariner", "CBL-Mariner 2 OVAL", AZURE "cbl-mariner-2.0-oval.xml", NULL, FEED_AZURE_2, 1},
    {"oracle", "Oracle Linux OVAL", "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2",
     NULL, FEED_ORACLE, 1},
    {"private", "private advisories", NULL, NULL, FEED_PRIVATE, 2},
    {"redhat", "Red Hat VEX", NULL, NULL, FEED_REDHAT, 1},
};
const size_t advisory_sources_n = ARRAY_SIZE(advisory_sources);

const struct advisory_source *advisory_source_named(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(advisory_sources); i++) {
        if (str_eq(str_c(advisory_sources[i].name), name)) {
            return &advisory_sources[i];
        }
    }
    return NULL;
}

const struct advisory_source *advisory_source_titled(struct str title) {
    for (size_t i = 0; i < ARRAY_SIZE(advisory_sources); i++) {
        if (str_eq(str_c(advisory_sources[i].title), title)) {
            return &advisory_sources[i];
        }
    }
    return NULL;
}
