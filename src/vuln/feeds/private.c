/* Advisories of the user's own: OSV records, as JSON or as one or more YAML documents. */
#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "vuln/feeds/parser.h"

static int parse_document(struct feed_parser *p, const struct doc *root, const char *place) {
    struct osv_record record;
    struct err cause = ERR_NONE;
    int r = osv_read_doc(&p->arena, root, &record, &cause);
    return r < 0 ? feed_report(p, str_c(place), r, &cause) : feed_send_advisory(p, &record);
}

static int parse_yaml(struct feed_parser *p, struct str bytes) {
    const struct doc **docs;
    struct err cause = ERR_NONE;
    size_t n;
    int r = yaml_parse(&p->arena, bytes, &docs, &n, &cause);
    if (r < 0) {
        return feed_report(p, STR_NONE, r, &cause);
    }
    for (size_t i = 0; i < n && r == 0; i++) {
        char place[48];
        snprintf(place, sizeof place, "document %zu", i + 1);
        r = parse_document(p, docs[i], place);
    }
    return r;
}

int feed_parse_private(struct feed_parser *p, struct str bytes) {
    const struct doc *root;
    struct err cause = ERR_NONE;
    if (bytes.n > LIMIT_OSV_RECORD) {
        return feed_send_problem(p, STR_NONE, "too large for an advisory");
    }
    if (!str_starts(str_trim(bytes), STR("{"))) {
        return parse_yaml(p, bytes);
    }
    int r = json_parse(&p->arena, bytes, &root, &cause);
    return r < 0 ? feed_report(p, STR_NONE, r, &cause) : parse_document(p, root, "document 1");
}
