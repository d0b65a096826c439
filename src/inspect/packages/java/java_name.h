/* Which Maven artifact a Java archive is, by its file name and its manifest.
 *
 * Names of files follow the repositories' layout, "artifact-version.jar" (maven.apache.org, "Repository
 * Layout"). Manifests are those of the JAR File Specification; the attributes that say what an archive is
 * come from it ("Implementation-*"), from OSGi ("Bundle-*") and from build tools (Jenkins, NiFi). */
#ifndef PLIMSOLL_INSPECT_PACKAGES_JAVA_NAME_H
#define PLIMSOLL_INSPECT_PACKAGES_JAVA_NAME_H

#include "base/arena.h"
#include "base/err.h"

struct java_name {
    struct str group, artifact, version; /* empty: not known */
};

/* "log4j-1.2-api-2.17.1": the version begins at the last part that looks like one. */
void java_name_of_file(struct str stem, struct java_name *out);

/* The attributes of a manifest's main section that say what it is. */
enum java_attribute {
    JAVA_IMPLEMENTATION_TITLE,
    JAVA_IMPLEMENTATION_VERSION,
    JAVA_IMPLEMENTATION_VENDOR_ID,
    JAVA_BUNDLE_SYMBOLIC_NAME,
    JAVA_BUNDLE_VERSION,
    JAVA_BUNDLE_LICENSE,
    JAVA_AUTOMATIC_MODULE_NAME,
    JAVA_SPECIFICATION_VERSION,
    JAVA_GROUP_ID,       /* Jenkins plugins */
    JAVA_EXTENSION_NAME, /* Jenkins plugins: the artifact */
    JAVA_PLUGIN_VERSION,
    JAVA_NAR_GROUP,
    JAVA_NAR_ID,
    JAVA_NAR_VERSION,
    JAVA_ATTRIBUTES
};

struct java_manifest {
    struct str values[JAVA_ATTRIBUTES];
};

/* Values of several lines are joined in arena. */
int java_manifest_read(struct arena *arena, struct str text, struct java_manifest *out, struct err *err);

/* What the archive is when no pom.properties says so; version empty: nobody knows. */
void java_name_guess(const struct java_manifest *manifest, struct str stem, struct java_name *out);

#endif
