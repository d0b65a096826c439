#include "vuln/feed.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/json.h"
#include "source/stream/zip.h"
#include "vuln/cve.h"
#include "vuln/feeds/parser.h"

static int send(struct feed_parser *p, enum feed_record kind) {
    return p->out.failed ? err_memory(p->err) : p->emit(p->context, kind, buf_view(&p->out), p->err);
}

static int send_date(struct feed_parser *p, struct str text) {
    int64_t seconds;
    if (!clock_parse(text, &seconds)) {
        return 0;
    }
    buf_clear(&p->out);
    wire_u64(&p->out, (uint64_t)seconds);
    return send(p, FEED_DATE);
}

static int parse_record(struct feed_parser *p, struct str member, struct str json) {
    struct osv_record record;
    struct err cause = ERR_NONE;
    arena_reset(&p->arena);
    int code = osv_read(&p->arena, json, &record, &cause);
    if (code < 0) {
        return feed_report(p, member, code, &cause);
    }
    return feed_send_advisory(p, &record);
}

static int parse_member(struct feed_parser *p, const struct zip *zip, const struct zip_member *member,
                        struct buf *body) {
    struct err cause = ERR_NONE;
    buf_clear(body);
    int code = zip_read(zip, member, body, &cause);
    return code < 0 ? feed_report(p, member->name, code, &cause)
                    : parse_record(p, member->name, buf_view(body));
}

static int parse_zip(struct feed_parser *p, struct str bytes) {
    _cleanup_(buf_free) struct buf body = buf_new(LIMIT_OSV_RECORD);
    struct zip zip;
    struct zip_member member;
    struct err cause = ERR_NONE;
    int code = zip_open(&zip, bytes, &cause);
    if (code < 0) {
        return feed_report(p, STR_NONE, code, &cause);
    }
    while ((code = zip_next(&zip, &member, &cause)) == 1) {
        if (str_ends(member.name, STR(".json"))) {
            code = parse_member(p, &zip, &member, &body);
            if (code < 0) {
                return code;
            }
        }
    }
    return code < 0 ? feed_report(p, STR_NONE, code, &cause) : 0;
}

static int parse_exploited(struct feed_parser *p, const struct doc *entry, size_t i) {
    struct str cve = doc_str(doc_get(entry, STR("cveID")));
    int64_t since;
    if (!cve.n || cve.n > LIMIT_OSV_WORD || !clock_parse(doc_str(doc_get(entry, STR("dateAdded"))), &since)) {
        char place[48];
        snprintf(place, sizeof place, "vulnerabilities %zu", i);
        return feed_send_problem(p, str_c(place), "no cveID or no dateAdded");
    }
    buf_clear(&p->out);
    wire_str(&p->out, cve);
    wire_u64(&p->out, (uint64_t)since);
    return send(p, FEED_EXPLOITED);
}

static int parse_kev(struct feed_parser *p, struct str bytes) {
    const struct doc *root;
    struct err cause = ERR_NONE;
    int code = json_parse(&p->arena, bytes, &root, &cause);
    if (code < 0) {
        return feed_report(p, STR_NONE, code, &cause);
    }
    const struct doc *list = doc_get(root, STR("vulnerabilities"));
    if (!doc_is(list, DOC_LIST)) {
        return feed_send_problem(p, STR_NONE, "no list of vulnerabilities");
    }
    code = send_date(p, doc_str(doc_get(root, STR("dateReleased"))));
    for (size_t i = 0; i < doc_count(list) && code == 0; i++) {
        code = parse_exploited(p, doc_at(list, i), i);
    }
    return code;
}

/* "0.00043", 0 to 1, in EPSS_UNITS; digits past the fifth do not count. */
static bool read_fraction(struct str text, uint32_t *out) {
    struct str whole, part;
    bool has_point = str_cut(text, '.', &whole, &part);
    uint64_t units, decimals = 0;
    part = str_sub(part, 0, 5);
    if (!str_to_u64(whole, 10, &units) || units > 1 || (has_point && !str_to_u64(part, 10, &decimals))) {
        return false;
    }
    for (size_t i = part.n; i < 5; i++) {
        decimals *= 10;
    }
    *out = (uint32_t)(units * EPSS_UNITS + decimals);
    return *out <= EPSS_UNITS;
}

static int parse_score(struct feed_parser *p, struct str line, size_t number) {
    struct str cve, score, percentile, rest = line;
    struct feed_score out;
    int64_t number_of_cve;
    bool is_row = str_split(&rest, ',', &cve) && str_split(&rest, ',', &score) &&
                  str_split(&rest, ',', &percentile) && cve_number(cve, &number_of_cve) &&
                  read_fraction(str_trim(score), &out.score) &&
                  read_fraction(str_trim(percentile), &out.percentile);
    if (!is_row) {
        char place[48];
        snprintf(place, sizeof place, "line %zu", number);
        return feed_send_problem(p, str_c(place), "not \"CVE,score,percentile\"");
    }
    buf_clear(&p->out);
    wire_str(&p->out, cve);
    wire_u32(&p->out, out.score);
    wire_u32(&p->out, out.percentile);
    return send(p, FEED_SCORE);
}

/* "#model_version:v2023.03.01,score_date:2024-08-01T00:00:00+0000": that offset lacks RFC 3339's colon, so
 * the day alone is taken. */
static int parse_epss_date(struct feed_parser *p, struct str line) {
    struct str key = STR("score_date:");
    ptrdiff_t at = str_find(line, key);
    return at < 0 ? 0 : send_date(p, str_sub(line, (size_t)at + key.n, sizeof "2024-08-01" - 1));
}

static int parse_csv(struct feed_parser *p, struct str text) {
    size_t number = 0;
    int code = 0;
    for (struct str rest = text, line; code == 0 && str_line(&rest, &line);) {
        number++;
        if (str_starts(line, STR("#"))) {
            code = parse_epss_date(p, line);
        } else if (line.n && !str_starts(line, STR("cve,"))) {
            code = parse_score(p, line, number);
        }
    }
    return code;
}

/* One that may be packed. */
static int parse_packed(struct feed_parser *p, struct str bytes, uint64_t cap,
                        int (*parse)(struct feed_parser *p, struct str bytes)) {
    _cleanup_(buf_free) struct buf room = buf_new(cap);
    struct err cause = ERR_NONE;
    struct str text;
    int code = feed_unpack(bytes, &room, &text, &cause);
    return code < 0 ? feed_report(p, STR_NONE, code, &cause) : parse(p, text);
}

/* Nothing that would be another place when it is put into a path or an address. */
static bool is_id(struct str id) {
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '/') {
            return false;
        }
    }
    return id.n && id.n <= LIMIT_OSV_ID && id.p[0] != '.';
}

/* modified_id.csv: a list that is not whole names fewer advisories than there are, so one bad line spoils it.
 */
static int parse_changes(struct feed_parser *p, struct str text) {
    struct err cause = ERR_NONE;
    size_t number = 0;
    int code = 0;
    for (struct str rest = text, line, time, id; code == 0 && str_line(&rest, &line);) {
        int64_t modified;
        number++;
        if (!str_cut(line, ',', &time, &id) || !clock_parse(time, &modified) || !is_id(id)) {
            err_set(&cause, ERR_INPUT, "line %zu is not a time and an id", number);
            return feed_send_problem(p, STR_NONE, cause.message);
        }
        buf_clear(&p->out);
        wire_str(&p->out, id);
        wire_u64(&p->out, (uint64_t)modified);
        code = send(p, FEED_CHANGE);
    }
    return code;
}

static int parse_azure_3(struct feed_parser *p, struct str bytes) {
    return feed_parse_azure(p, bytes, STR("Azure Linux:3"));
}

static int parse_azure_2(struct feed_parser *p, struct str bytes) {
    return feed_parse_azure(p, bytes, STR("Azure Linux:2"));
}

static int parse_osv_records(struct feed_parser *p, struct str bytes) {
    struct cursor in = cursor_over(bytes), record;
    uint32_t kind;
    int code;
    while ((code = wire_next(&in, &kind, &record)) == 1) {
        code = parse_record(p, STR_NONE, cursor_take(&record, cursor_left(&record)));
        if (code < 0) {
            return code;
        }
    }
    return code < 0 || cursor_left(&in) ? feed_send_problem(p, STR_NONE, "records in a damaged frame") : 0;
}

static const struct {
    int (*parse)(struct feed_parser *p, struct str bytes);
    uint64_t unpacked; /* at most; 0: never packed */
} parsers[] = {
    [FEED_OSV_ZIP] = {parse_zip, 0},
    [FEED_OSV_RECORDS] = {parse_osv_records, 0},
    [FEED_KEV] = {parse_kev, 0},
    [FEED_EPSS] = {parse_csv, LIMIT_FEED},
    [FEED_CHANGES] = {parse_changes, 0},
    [FEED_DEBIAN] = {feed_parse_debian, LIMIT_VENDOR_FEED},
    [FEED_ALPINE] = {feed_parse_alpine, LIMIT_VENDOR_FEED},
    [FEED_AMAZON] = {feed_parse_amazon, LIMIT_VENDOR_FEED},
    [FEED_ORACLE] = {feed_parse_oracle, LIMIT_VENDOR_FEED},
    [FEED_AZURE_3] = {parse_azure_3, LIMIT_VENDOR_FEED},
    [FEED_AZURE_2] = {parse_azure_2, LIMIT_VENDOR_FEED},
    [FEED_REDHAT] = {feed_parse_redhat, LIMIT_VENDOR_FEED},
    [FEED_PRIVATE] = {feed_parse_private, 0},
};
static_assert(ARRAY_SIZE(parsers) == FEEDS, "one row a feed");

static int parse_kind(struct feed_parser *p, enum feed feed, struct str bytes) {
    uint64_t cap = parsers[feed].unpacked;
    return cap ? parse_packed(p, bytes, cap, parsers[feed].parse) : parsers[feed].parse(p, bytes);
}

int parse_feed(enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit, void *context,
               struct err *err) {
    struct feed_parser parser = {
        keep_summary, emit, context, err, arena_new(LIMIT_DOC_BYTES), buf_new(LIMIT_OSV_RECORD)};
    int code = parse_kind(&parser, feed, bytes);
    arena_free(&parser.arena);
    buf_free(&parser.out);
    return code;
}

static bool is_whole(const struct cursor *c) {
    return !c->failed && !cursor_left(c);
}

bool feed_read_problem(struct str payload, struct feed_problem *out) {
    struct cursor c = cursor_over(payload);
    out->member = wire_get_str(&c);
    out->message = wire_get_str(&c);
    return is_whole(&c);
}

bool feed_read_date(struct str payload, struct feed_date *out) {
    struct cursor c = cursor_over(payload);
    out->seconds = (int64_t)cursor_le64(&c);
    return is_whole(&c);
}

bool feed_read_exploited(struct str payload, struct feed_exploited *out) {
    struct cursor c = cursor_over(payload);
    out->cve = wire_get_str(&c);
    out->since = (int64_t)cursor_le64(&c);
    return is_whole(&c);
}

bool feed_read_score(struct str payload, struct feed_score *out) {
    struct cursor c = cursor_over(payload);
    out->cve = wire_get_str(&c);
    out->score = cursor_le32(&c);
    out->percentile = cursor_le32(&c);
    return is_whole(&c);
}

bool feed_read_change(struct str payload, struct feed_change *out) {
    struct cursor c = cursor_over(payload);
    out->id = wire_get_str(&c);
    out->modified = (int64_t)cursor_le64(&c);
    return is_whole(&c);
}
