/* One byte that says which, then the text of a value; what is accepted and written is accepted again as the
 * same. */
#include "base/limits.h"
#include "cel/values/format.h"
#include "cel/values/ip.h"
#include "cel/values/quantity.h"
#include "cel/values/semver.h"
#include "cel/values/time.h"
#include "cel/values/url.h"
#include "cel/values/zone.h"
#include "fuzz.h"

static void must(bool holds) {
    if (!holds) {
        abort();
    }
}

static void timestamps(struct str s) {
    struct timestamp t, again;
    char text[TIMESTAMP_TEXT];
    if (timestamp_parse(s, &t, NULL) == 0) {
        must(timestamp_parse(str_n(text, timestamp_format(t, text)), &again, NULL) == 0);
        must(timestamp_compare(t, again) == 0);
    }
}

static void durations(struct str s) {
    struct duration d, again;
    char text[DURATION_TEXT];
    if (duration_parse(s, &d, NULL) == 0) {
        must(duration_parse(str_n(text, duration_format(d, text)), &again, NULL) == 0);
        must(duration_compare(d, again) == 0);
    }
}

static void quantities(struct str s) {
    struct quantity a, b, sum, again;
    struct str first, second;
    char text[QUANTITY_TEXT];
    str_cut(s, ' ', &first, &second);
    if (quantity_parse(first, &a, NULL) < 0) {
        return;
    }
    quantity_to_double(&a);
    if (quantity_parse(str_n(text, quantity_format(&a, text)), &again, NULL) == 0) {
        must(quantity_compare(&a, &again) == 0);
    }
    if (quantity_parse(second, &b, NULL) == 0 && quantity_add(&a, &b, &sum, NULL) == 0 &&
        quantity_sub(&sum, &b, &again, NULL) == 0) {
        must(quantity_compare(&a, &again) == 0);
    }
}

static void addresses(struct str s) {
    struct cidr cidr, again, masked;
    char text[CIDR_TEXT];
    if (cidr_parse(s, &cidr, NULL) == 0) {
        must(cidr_parse(str_n(text, cidr_format(&cidr, text)), &again, NULL) == 0);
        must(cidr_equal(&cidr, &again) && strcmp(ip_scope_name(ip_scope(&cidr.ip)).p, "") != 0);
        masked = cidr_masked(&cidr);
        must(cidr_contains_cidr(&masked, &cidr) && cidr_contains_ip(&cidr, &masked.ip));
    }
    ip_parse_mapped(s, &cidr.ip, NULL);
}

static void urls(struct str s) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct cel_url url, again;
    struct cel_url_query query;
    if (cel_url_parse(s, &arena, &url, NULL) == 0 && cel_url_query(&url, &arena, &query, NULL) == 0 &&
        cel_url_parse(url.text, &arena, &again, NULL) == 0) {
        must(str_eq(url.scheme, again.scheme) && str_eq(url.query, again.query));
    }
}

static void versions(struct str s) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct cel_semver version, again;
    if (cel_semver_parse(s, true, &version, NULL) == 0) {
        cel_semver_write(&version, &text);
        must(text.failed || (cel_semver_parse(buf_view(&text), false, &again, NULL) == 0 &&
                             cel_semver_compare(&version, &again) == 0));
    }
}

static void formats(struct str s) {
    size_t n;
    const struct named_format *all = format_all(&n);
    for (size_t i = 0; i < n; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
        struct format_faults faults = {0};
        all[i].validate(s, &arena, &faults, NULL);
    }
}

static void zones(struct str s) {
    struct zone zone;
    if (zones_find(NULL, s, &zone, NULL) == 0) {
        zone_offset(&zone, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const targets[])(struct str) = {timestamps, durations, quantities, addresses,
                                                  urls,       versions,  formats,    zones};
    if (size) {
        targets[data[0] % ARRAY_SIZE(targets)](str_n((const char *)data + 1, size - 1));
    }
    return 0;
}
