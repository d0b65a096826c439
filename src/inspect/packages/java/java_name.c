#include "inspect/packages/java/java_name.h"

#include "base/buf.h"
#include "base/limits.h"

#include <limits.h>

/* ---- file names */

static bool begins_version(struct str part) {
    return part.n && ascii_is_digit(part.p[0]);
}

void java_name_of_file(struct str stem, struct java_name *out) {
    size_t at = 0, first = 0, dotted = 0;
    *out = (struct java_name){.artifact = stem};
    for (struct str rest = stem, part; str_split(&rest, '-', &part); at += part.n + 1) {
        if (at && begins_version(part)) {
            first = first ? first : at;
            dotted = str_find_byte(part, '.') > 0 ? at : dotted;
        }
    }
    at = dotted ? dotted : first;
    if (at) {
        out->artifact = str_sub(stem, 0, at - 1);
        out->version = str_from(stem, at);
    }
}

/* ---- manifests */

static const struct str attribute_names[JAVA_ATTRIBUTES] = {
    [JAVA_IMPLEMENTATION_TITLE] = STR("Implementation-Title"),
    [JAVA_IMPLEMENTATION_VERSION] = STR("Implementation-Version"),
    [JAVA_IMPLEMENTATION_VENDOR_ID] = STR("Implementation-Vendor-Id"),
    [JAVA_BUNDLE_SYMBOLIC_NAME] = STR("Bundle-SymbolicName"),
    [JAVA_BUNDLE_VERSION] = STR("Bundle-Version"),
    [JAVA_BUNDLE_LICENSE] = STR("Bundle-License"),
    [JAVA_AUTOMATIC_MODULE_NAME] = STR("Automatic-Module-Name"),
    [JAVA_SPECIFICATION_VERSION] = STR("Specification-Version"),
    [JAVA_GROUP_ID] = STR("Group-Id"),
    [JAVA_EXTENSION_NAME] = STR("Extension-Name"),
    [JAVA_PLUGIN_VERSION] = STR("Plugin-Version"),
    [JAVA_NAR_GROUP] = STR("Nar-Group"),
    [JAVA_NAR_ID] = STR("Nar-Id"),
    [JAVA_NAR_VERSION] = STR("Nar-Version"),
};

static struct str *attribute(struct java_manifest *manifest, struct str name) {
    for (size_t i = 0; i < JAVA_ATTRIBUTES; i++) {
        if (str_eq_nocase(name, attribute_names[i])) {
            return &manifest->values[i];
        }
    }
    return NULL;
}

/* "JAR File Specification", grammar of manifests: a line that begins with a space goes on with the one
 * before. */
static int take_value(struct arena *arena, struct str value, struct str *rest, struct str *out,
                      struct err *err) {
    _cleanup_(buf_free) struct buf joined = buf_new(LIMIT_ARCHIVE_TEXT);
    struct str line;
    *out = str_trim(value);
    if (!rest->n || rest->p[0] != ' ') {
        return 0;
    }
    buf_str(&joined, value);
    while (rest->n && rest->p[0] == ' ') {
        str_line(rest, &line);
        buf_str(&joined, str_from(line, 1));
    }
    struct str kept = arena_str(arena, buf_view(&joined));
    *out = str_trim(kept);
    return joined.failed || !kept.p ? err_memory(err) : 0;
}

int java_manifest_read(struct arena *arena, struct str text, struct java_manifest *out, struct err *err) {
    struct str rest = text, line, name, value;
    int r = 0;
    *out = (struct java_manifest){0};
    while (r == 0 && str_line(&rest, &line) && line.n) {
        struct str *field = str_cut(line, ':', &name, &value) ? attribute(out, name) : NULL;
        if (field && !field->n) {
            r = take_value(arena, value, &rest, field, err);
        }
    }
    return r;
}

/* ---- groups */

/* Makers whose archives hold no pom.properties (built with Gradle, Ant or bnd): public coordinates. A name
 * that ends in "*" is a prefix; renamed: the artifact has another name than its file; no group: old ones,
 * whose group is the artifact's name. */
static const struct known_group {
    const char *artifact, *group, *renamed;
} known_groups[] = {
    {"annotations-api", "org.apache.tomcat", "tomcat-annotations-api"},
    {"ant", "org.apache.ant", NULL},
    {"ant-*", "org.apache.ant", NULL},
    {"antlr", NULL, NULL},
    {"aopalliance", NULL, NULL},
    {"bcpkix-*", "org.bouncycastle", NULL},
    {"bcprov-*", "org.bouncycastle", NULL},
    {"byte-buddy*", "net.bytebuddy", NULL},
    {"c3p0", "com.mchange", NULL},
    {"catalina", "org.apache.tomcat", "tomcat-catalina"},
    {"catalina-ha", "org.apache.tomcat", "tomcat-catalina-ha"},
    {"cglib", NULL, NULL},
    {"checker-qual", "org.checkerframework", NULL},
    {"classworlds", NULL, NULL},
    {"commons-beanutils", NULL, NULL},
    {"commons-cli", NULL, NULL},
    {"commons-codec", NULL, NULL},
    {"commons-collections", NULL, NULL},
    {"commons-configuration", NULL, NULL},
    {"commons-dbcp", NULL, NULL},
    {"commons-digester", NULL, NULL},
    {"commons-fileupload", NULL, NULL},
    {"commons-httpclient", NULL, NULL},
    {"commons-io", NULL, NULL},
    {"commons-lang", NULL, NULL},
    {"commons-logging", NULL, NULL},
    {"commons-net", NULL, NULL},
    {"commons-pool", NULL, NULL},
    {"commons-validator", NULL, NULL},
    {"dom4j", NULL, NULL},
    {"elasticsearch", "org.elasticsearch", NULL},
    {"elasticsearch-*", "org.elasticsearch", NULL},
    {"guice", "com.google.inject", NULL},
    {"h2", "com.h2database", NULL},
    {"hamcrest", "org.hamcrest", NULL},
    {"hamcrest-*", "org.hamcrest", NULL},
    {"hibernate-entitymanager", "org.hibernate", NULL},
    {"hsqldb", "org.hsqldb", NULL},
    {"jasper", "org.apache.tomcat", "tomcat-jasper"},
    {"jasper-el", "org.apache.tomcat", "tomcat-jasper-el"},
    {"jdom", NULL, NULL},
    {"json", "org.json", NULL},
    {"junit", NULL, NULL},
    {"junit-jupiter*", "org.junit.jupiter", NULL},
    {"kafka-clients", "org.apache.kafka", NULL},
    {"kafka-streams*", "org.apache.kafka", NULL},
    {"kafka_2.*", "org.apache.kafka", NULL},
    {"kotlin-stdlib*", "org.jetbrains.kotlin", NULL},
    {"log4j", NULL, NULL},
    {"lucene-*", "org.apache.lucene", NULL},
    {"micrometer-*", "io.micrometer", NULL},
    {"mysql-connector-java", "mysql", NULL},
    {"okhttp", "com.squareup.okhttp3", NULL},
    {"okio*", "com.squareup.okio", NULL},
    {"opensearch", "org.opensearch", NULL},
    {"opensearch-*", "org.opensearch", NULL},
    {"oro", NULL, NULL},
    {"postgresql", "org.postgresql", NULL},
    {"reactor-core", "io.projectreactor", NULL},
    {"reactor-netty*", "io.projectreactor.netty", NULL},
    {"scala-library", "org.scala-lang", NULL},
    {"scala-reflect", "org.scala-lang", NULL},
    {"servlet-api", "org.apache.tomcat", "tomcat-servlet-api"},
    {"servlet-api-*", "javax.servlet", NULL},
    {"spring-aop", "org.springframework", NULL},
    {"spring-aspects", "org.springframework", NULL},
    {"spring-beans", "org.springframework", NULL},
    {"spring-boot", "org.springframework.boot", NULL},
    {"spring-boot-*", "org.springframework.boot", NULL},
    {"spring-context", "org.springframework", NULL},
    {"spring-context-support", "org.springframework", NULL},
    {"spring-core", "org.springframework", NULL},
    {"spring-expression", "org.springframework", NULL},
    {"spring-jcl", "org.springframework", NULL},
    {"spring-jdbc", "org.springframework", NULL},
    {"spring-jms", "org.springframework", NULL},
    {"spring-messaging", "org.springframework", NULL},
    {"spring-orm", "org.springframework", NULL},
    {"spring-oxm", "org.springframework", NULL},
    {"spring-r2dbc", "org.springframework", NULL},
    {"spring-security-*", "org.springframework.security", NULL},
    {"spring-test", "org.springframework", NULL},
    {"spring-tx", "org.springframework", NULL},
    {"spring-web", "org.springframework", NULL},
    {"spring-webflux", "org.springframework", NULL},
    {"spring-webmvc", "org.springframework", NULL},
    {"spring-websocket", "org.springframework", NULL},
    {"struts", "struts", NULL},
    {"tomcat-coyote", "org.apache.tomcat", NULL},
    {"tomcat-embed-*", "org.apache.tomcat.embed", NULL},
    {"tomcat-*", "org.apache.tomcat", NULL},
    {"velocity", "org.apache.velocity", NULL},
    {"xalan", NULL, NULL},
    {"xercesImpl", "xerces", NULL},
    {"xml-apis", NULL, NULL},
    {"xmlrpc", NULL, NULL},
    {"xstream", "com.thoughtworks.xstream", NULL},
};

/* Makers that took another group with a major version: the first row that a version is before. */
static const struct moved_group {
    const char *artifact;
    unsigned before;
    const char *group;
} moved_groups[] = {
    {"asm", 4, "asm"},
    {"asm", UINT_MAX, "org.ow2.asm"},
    {"asm-*", 4, "asm"},
    {"asm-*", UINT_MAX, "org.ow2.asm"},
    {"groovy", 4, "org.codehaus.groovy"},
    {"groovy", UINT_MAX, "org.apache.groovy"},
    {"groovy-*", 4, "org.codehaus.groovy"},
    {"groovy-*", UINT_MAX, "org.apache.groovy"},
    {"hibernate-core", 6, "org.hibernate"},
    {"hibernate-core", UINT_MAX, "org.hibernate.orm"},
    {"rxjava", 2, "io.reactivex"},
    {"rxjava", 3, "io.reactivex.rxjava2"},
    {"rxjava", UINT_MAX, "io.reactivex.rxjava3"},
};

static bool fits(struct str artifact, const char *pattern) {
    struct str p = str_c(pattern);
    return p.p[p.n - 1] == '*' ? str_starts(artifact, str_sub(p, 0, p.n - 1)) : str_eq(artifact, p);
}

static unsigned major_of(struct str version) {
    enum { MAJOR_MAX = 9999 };
    unsigned major = 0;
    for (size_t i = 0; i < version.n && ascii_is_digit(version.p[i]) && major < MAJOR_MAX; i++) {
        major = major * 10 + (unsigned)(version.p[i] - '0');
    }
    return major;
}

static bool find_moved(struct java_name *name) {
    for (size_t i = 0; i < ARRAY_SIZE(moved_groups); i++) {
        if (fits(name->artifact, moved_groups[i].artifact) &&
            major_of(name->version) < moved_groups[i].before) {
            name->group = str_c(moved_groups[i].group);
            return true;
        }
    }
    return false;
}

static bool find_known(struct java_name *name) {
    for (size_t i = 0; i < ARRAY_SIZE(known_groups); i++) {
        if (fits(name->artifact, known_groups[i].artifact)) {
            name->group = known_groups[i].group ? str_c(known_groups[i].group) : name->artifact;
            name->artifact = known_groups[i].renamed ? str_c(known_groups[i].renamed) : name->artifact;
            return true;
        }
    }
    return false;
}

/* "com.example": labels of letters, digits, "-" and "_", at least two. */
static bool is_group(struct str s) {
    size_t labels = 0;
    for (struct str rest = s, label; str_split(&rest, '.', &label); labels++) {
        if (!label.n || !ascii_is_alpha(label.p[0])) {
            return false;
        }
        for (size_t i = 0; i < label.n; i++) {
            if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_') {
                return false;
            }
        }
    }
    return labels >= 2;
}

/* "com.example.thing" for the artifact "thing". */
static struct str group_before(struct str full, struct str artifact) {
    struct str group = str_sub(full, 0, full.n > artifact.n ? full.n - artifact.n - 1 : 0);
    return group.n && full.p[group.n] == '.' && str_ends(full, artifact) && is_group(group) ? group
                                                                                            : STR_NONE;
}

/* "org.foo.bar;singleton:=true" */
static struct str without_directives(struct str value) {
    struct str name, directives;
    str_cut(value, ';', &name, &directives);
    return str_trim(name);
}

static bool is_artifact(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && !strchr("-_.", s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

/* Build numbers and dates behind a version are no part of it: "2.6; 2011-01-16 23:05". */
static bool is_version(struct str s) {
    return begins_version(s) && is_artifact(s);
}

static void guess_group(const struct java_manifest *m, struct java_name *name) {
    struct str bundle = without_directives(m->values[JAVA_BUNDLE_SYMBOLIC_NAME]);
    const struct str guesses[] = {
        m->values[JAVA_IMPLEMENTATION_VENDOR_ID],
        group_before(bundle, name->artifact),
        group_before(m->values[JAVA_AUTOMATIC_MODULE_NAME], name->artifact),
    };
    if (find_moved(name) || find_known(name)) {
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(guesses) && !name->group.n; i++) {
        name->group = is_group(guesses[i]) ? guesses[i] : STR_NONE;
    }
}

static struct str first_version(const struct java_manifest *m, struct str of_file) {
    const struct str versions[] = {of_file, m->values[JAVA_IMPLEMENTATION_VERSION],
                                   m->values[JAVA_BUNDLE_VERSION], m->values[JAVA_SPECIFICATION_VERSION]};
    for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
        if (is_version(versions[i])) {
            return versions[i];
        }
    }
    return STR_NONE;
}

static bool take_stated(const struct java_manifest *m, struct java_name *out) {
    static const struct {
        enum java_attribute group, artifact, version;
    } stated[] = {
        {JAVA_NAR_GROUP, JAVA_NAR_ID, JAVA_NAR_VERSION},
        {JAVA_GROUP_ID, JAVA_EXTENSION_NAME, JAVA_PLUGIN_VERSION},
    };
    for (size_t i = 0; i < ARRAY_SIZE(stated); i++) {
        *out = (struct java_name){m->values[stated[i].group], m->values[stated[i].artifact],
                                  m->values[stated[i].version]};
        str_cut(out->version, ' ', &out->version, &(struct str){0});
        if (is_group(out->group) && is_artifact(out->artifact) && is_version(out->version)) {
            return true;
        }
    }
    return false;
}

void java_name_guess(const struct java_manifest *m, struct str stem, struct java_name *out) {
    if (take_stated(m, out)) {
        return;
    }
    java_name_of_file(stem, out);
    struct str title = m->values[JAVA_IMPLEMENTATION_TITLE];
    /* A file that does not say its version was renamed, or never had the artifact's name. */
    if (!out->version.n && is_artifact(title) && str_find_byte(title, '.') < 0) {
        out->artifact = title;
    }
    out->version = first_version(m, out->version);
    guess_group(m, out);
}
