#include "cel/values/ip.h"

enum { V4_BITS = 32, V6_BITS = 128, MAPPED_AT = 12 };

static const uint8_t mapped_prefix[MAPPED_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_mapped(const struct ip *ip) {
    return ip->family == 6 && memcmp(ip->bytes, mapped_prefix, MAPPED_AT) == 0;
}

/* Four numbers of 0 to 255 without zeros in front. */
static bool read_v4(struct str s, uint8_t out[4]) {
    size_t count = 0;
    for (struct str part; str_split(&s, '.', &part); count++) {
        uint64_t value;
        if (count == 4 || part.n > 3 || (part.n > 1 && part.p[0] == '0') || !str_to_u64(part, 10, &value) ||
            value > 255) {
            return false;
        }
        out[count] = (uint8_t)value;
    }
    return count == 4;
}

/* Where the eight groups of an IPv6 address stand while they are read. */
struct groups {
    uint8_t bytes[16];
    size_t n;     /* bytes read */
    int ellipsis; /* offset of "::" in them, or -1 */
    bool has_dots;
};

/* One group, or the IPv4 address that stands in place of the last two. */
static bool take_group(struct str *s, struct groups *g) {
    ptrdiff_t colon = str_find_byte(*s, ':');
    struct str group = colon < 0 ? *s : str_sub(*s, 0, (size_t)colon);
    uint64_t value;
    if (colon < 0 && str_find_byte(group, '.') >= 0) {
        bool is_placed = g->n == MAPPED_AT || (g->ellipsis >= 0 && g->n < MAPPED_AT);
        g->has_dots = is_placed && read_v4(group, g->bytes + g->n);
        g->n += 4;
        *s = STR_NONE;
        return g->has_dots;
    }
    if (group.n > 4 || g->n == 16 || !str_to_u64(group, 16, &value)) {
        return false;
    }
    g->bytes[g->n++] = (uint8_t)(value >> 8);
    g->bytes[g->n++] = (uint8_t)value;
    *s = str_from(*s, group.n);
    return true;
}

/* ":" or "::" after a group; false for a ":" that ends the text and for a second "::". */
static bool take_colons(struct str *s, struct groups *g) {
    if (str_starts(*s, STR("::"))) {
        bool is_first = g->ellipsis < 0;
        g->ellipsis = (int)g->n;
        *s = str_from(*s, 2);
        return is_first;
    }
    *s = str_from(*s, 1);
    return s->n > 0;
}

/* RFC 4291, section 2.2. "::" stands for one group or more. */
static bool read_v6(struct str s, struct groups *g) {
    g->ellipsis = -1;
    if (str_starts(s, STR("::"))) {
        take_colons(&s, g);
    }
    while (s.n) {
        if (!take_group(&s, g) || (s.n && !take_colons(&s, g))) {
            return false;
        }
    }
    if (g->ellipsis < 0 || g->n == 16) {
        return g->ellipsis < 0 && g->n == 16;
    }
    size_t at = (size_t)g->ellipsis, tail = g->n - at;
    memmove(g->bytes + 16 - tail, g->bytes + at, tail);
    memset(g->bytes + at, 0, 16 - g->n);
    return true;
}

static int refuse(struct str text, const char *why, struct err *err) {
    return err_set(err, ERR_INPUT, "\"%.*s\" %s", STR_ARG(str_sub(text, 0, 64)), why);
}

static int parse(struct str text, bool takes_mapped, struct ip *out, struct err *err) {
    *out = (struct ip){0};
    if (str_find_byte(text, '%') >= 0) {
        return refuse(text, "has a zone, which is not allowed in an IP address", err);
    }
    struct groups g = {0};
    bool is_v6 = str_find_byte(text, ':') >= 0;
    if (is_v6 ? !read_v6(text, &g) : !read_v4(text, g.bytes)) {
        return refuse(text, "is not an IP address", err);
    }
    out->family = is_v6 ? 6 : 4;
    memcpy(out->bytes, g.bytes, sizeof out->bytes);
    if (is_mapped(out) && (!takes_mapped || g.has_dots)) {
        return refuse(text, "is an IPv4-mapped IPv6 address, which is not allowed", err);
    }
    return 0;
}

int ip_parse(struct str text, struct ip *out, struct err *err) {
    return parse(text, false, out, err);
}

int ip_parse_mapped(struct str text, struct ip *out, struct err *err) {
    return parse(text, true, out, err);
}

bool ip_is_v6_text(struct str text) {
    struct groups g = {0};
    return str_find_byte(text, ':') >= 0 && read_v6(text, &g);
}

static unsigned group_at(const struct ip *ip, size_t i) {
    return (unsigned)ip->bytes[2 * i] << 8 | ip->bytes[2 * i + 1];
}

/* The first longest run of two or more zero groups; its length is 0 when there is none. */
static size_t longest_zeros(const struct ip *ip, size_t *start) {
    size_t longest = 1;
    for (size_t i = 0; i < 8;) {
        size_t end = i;
        while (end < 8 && group_at(ip, end) == 0) {
            end++;
        }
        if (end - i > longest) {
            longest = end - i;
            *start = i;
        }
        i = end + 1;
    }
    return longest > 1 ? longest : 0;
}

/* RFC 5952, section 4 and, for mapped addresses, 5. */
static size_t format_v6(const struct ip *ip, char out[IP_TEXT]) {
    const uint8_t *b = ip->bytes;
    if (is_mapped(ip)) {
        return (size_t)snprintf(out, IP_TEXT, "::ffff:%u.%u.%u.%u", b[12], b[13], b[14], b[15]);
    }
    size_t start = 8, zeros = longest_zeros(ip, &start), n = 0;
    for (size_t i = 0; i < 8; i++) {
        if (zeros && i == start) {
            n += (size_t)snprintf(out + n, IP_TEXT - n, "::");
            i += zeros - 1;
            continue;
        }
        bool has_colon = i > 0 && !(zeros && i == start + zeros);
        n += (size_t)snprintf(out + n, IP_TEXT - n, "%s%x", has_colon ? ":" : "", group_at(ip, i));
    }
    return n;
}

size_t ip_format(const struct ip *ip, char out[IP_TEXT]) {
    const uint8_t *b = ip->bytes;
    if (ip->family == 4) {
        return (size_t)snprintf(out, IP_TEXT, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    }
    return format_v6(ip, out);
}

bool ip_is_canonical(const struct ip *ip, struct str text) {
    char canonical[IP_TEXT];
    return str_eq(str_n(canonical, ip_format(ip, canonical)), text);
}

static struct ip unmapped(const struct ip *ip) {
    struct ip v4 = *ip;
    if (is_mapped(ip)) {
        v4 = (struct ip){.family = 4};
        memcpy(v4.bytes, ip->bytes + MAPPED_AT, 4);
    }
    return v4;
}

bool ip_equal(const struct ip *a, const struct ip *b) {
    struct ip x = unmapped(a), y = unmapped(b);
    return x.family == y.family && memcmp(x.bytes, y.bytes, sizeof x.bytes) == 0;
}

static bool shares_bits(const struct ip *a, const struct ip *b, unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;
    return a->family == b->family && memcmp(a->bytes, b->bytes, whole) == 0 &&
           (rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0);
}

/* A block of addresses; only as many bytes as its prefix needs. */
struct block {
    uint8_t family, prefix;
    uint8_t bytes[16];
};

static bool is_in(const struct ip *ip, const struct block *block) {
    struct ip start = {.family = block->family};
    memcpy(start.bytes, block->bytes, sizeof start.bytes);
    return shares_bits(ip, &start, block->prefix);
}

static bool is_in_either(const struct ip *ip, struct block v4, struct block v6) {
    struct ip plain = unmapped(ip);
    return is_in(&plain, plain.family == 4 ? &v4 : &v6);
}

bool ip_is_unspecified(const struct ip *ip) {
    static const struct ip v4 = {.family = 4}, v6 = {.family = 6};
    return ip_equal(ip, &v4) || ip_equal(ip, &v6);
}

bool ip_is_loopback(const struct ip *ip) {
    return is_in_either(ip, (struct block){4, 8, {127}}, (struct block){6, 128, {[15] = 1}});
}

bool ip_is_link_local_multicast(const struct ip *ip) {
    struct ip plain = unmapped(ip);
    /* ffX2::/16, whatever the flags X are */
    return plain.family == 4 ? is_in(&plain, &(struct block){4, 24, {224, 0, 0}})
                             : plain.bytes[0] == 0xff && (plain.bytes[1] & 0x0f) == 2;
}

bool ip_is_link_local_unicast(const struct ip *ip) {
    return is_in_either(ip, (struct block){4, 16, {169, 254}}, (struct block){6, 10, {0xfe, 0x80}});
}

static bool is_multicast(const struct ip *ip) {
    return is_in_either(ip, (struct block){4, 4, {224}}, (struct block){6, 8, {0xff}});
}

bool ip_is_global_unicast(const struct ip *ip) {
    static const struct ip broadcast = {4, {255, 255, 255, 255}};
    return !ip_is_unspecified(ip) && !ip_is_loopback(ip) && !is_multicast(ip) &&
           !ip_is_link_local_unicast(ip) && !ip_equal(ip, &broadcast);
}

static int parse_cidr(struct str text, bool takes_mapped, struct cidr *out, struct err *err) {
    struct str address, bits;
    uint64_t prefix;
    if (!str_cut_last(text, '/', &address, &bits)) {
        return refuse(text, "is not a CIDR: it has no '/'", err);
    }
    if (parse(address, takes_mapped, &out->ip, err) < 0) {
        err_at(err, "CIDR \"%.*s\"", STR_ARG(str_sub(text, 0, 64)));
        return ERR_INPUT;
    }
    if ((bits.n > 1 && bits.p[0] == '0') || !str_to_u64(bits, 10, &prefix) ||
        prefix > (out->ip.family == 4 ? V4_BITS : V6_BITS)) {
        return refuse(text, "is not a CIDR: the length of its prefix is wrong", err);
    }
    out->prefix = (uint8_t)prefix;
    return 0;
}

int cidr_parse(struct str text, struct cidr *out, struct err *err) {
    return parse_cidr(text, false, out, err);
}

int cidr_parse_mapped(struct str text, struct cidr *out, struct err *err) {
    return parse_cidr(text, true, out, err);
}

size_t cidr_format(const struct cidr *cidr, char out[CIDR_TEXT]) {
    char address[IP_TEXT];
    ip_format(&cidr->ip, address);
    return (size_t)snprintf(out, CIDR_TEXT, "%s/%u", address, cidr->prefix);
}

bool cidr_equal(const struct cidr *a, const struct cidr *b) {
    return a->prefix == b->prefix && a->ip.family == b->ip.family && ip_equal(&a->ip, &b->ip);
}

struct cidr cidr_masked(const struct cidr *cidr) {
    struct cidr masked = *cidr;
    for (unsigned bit = cidr->prefix; bit < V6_BITS; bit++) {
        masked.ip.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    }
    return masked;
}

bool cidr_contains_ip(const struct cidr *cidr, const struct ip *ip) {
    return shares_bits(&cidr->ip, ip, cidr->prefix);
}

bool cidr_contains_cidr(const struct cidr *outer, const struct cidr *inner) {
    return outer->prefix <= inner->prefix && cidr_contains_ip(outer, &inner->ip);
}

/* The narrower block before the one that holds it. */
static const struct {
    struct block block;
    enum ip_scope scope;
} scopes[] = {
    {{4, 8, {0}}, IP_UNSPECIFIED},
    {{4, 8, {10}}, IP_PRIVATE},
    {{4, 10, {100, 64}}, IP_SHARED},
    {{4, 8, {127}}, IP_LOOPBACK},
    {{4, 16, {169, 254}}, IP_LINK_LOCAL},
    {{4, 12, {172, 16}}, IP_PRIVATE},
    {{4, 24, {192, 0, 2}}, IP_DOCUMENTATION},
    /* anycast of PCP and TURN, which IANA calls globally reachable */
    {{4, 32, {192, 0, 0, 10}}, IP_PUBLIC},
    {{4, 32, {192, 0, 0, 9}}, IP_PUBLIC},
    {{4, 24, {192, 0, 0}}, IP_RESERVED},
    {{4, 16, {192, 168}}, IP_PRIVATE},
    {{4, 15, {198, 18}}, IP_BENCHMARK},
    {{4, 24, {198, 51, 100}}, IP_DOCUMENTATION},
    {{4, 24, {203, 0, 113}}, IP_DOCUMENTATION},
    {{4, 4, {224}}, IP_MULTICAST},
    {{4, 4, {240}}, IP_RESERVED},
    {{6, 128, {0}}, IP_UNSPECIFIED},
    {{6, 128, {[15] = 1}}, IP_LOOPBACK},
    {{6, 48, {0, 0x64, 0xff, 0x9b, 0, 1}}, IP_PRIVATE}, /* RFC 8215, translation inside one network */
    {{6, 96, {0, 0x64, 0xff, 0x9b}}, IP_PUBLIC},        /* RFC 6052, the public IPv4 through NAT64 */
    {{6, 64, {1}}, IP_RESERVED},                        /* RFC 6666, discard */
    {{6, 48, {0x20, 0x01, 0, 2}}, IP_BENCHMARK},
    {{6, 32, {0x20, 0x01, 0x0d, 0xb8}}, IP_DOCUMENTATION},
    {{6, 20, {0x3f, 0xff}}, IP_DOCUMENTATION},
    {{6, 3, {0x20}}, IP_PUBLIC}, /* the global unicast that has been given out */
    {{6, 7, {0xfc}}, IP_PRIVATE},
    {{6, 10, {0xfe, 0x80}}, IP_LINK_LOCAL},
    {{6, 8, {0xff}}, IP_MULTICAST},
    {{6, 0, {0}}, IP_RESERVED},
};

enum ip_scope ip_scope(const struct ip *ip) {
    struct ip plain = unmapped(ip);
    for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
        if (is_in(&plain, &scopes[i].block)) {
            return scopes[i].scope;
        }
    }
    return IP_PUBLIC;
}

struct str ip_scope_name(enum ip_scope scope) {
    static const struct str names[] = {
        [IP_PUBLIC] = {"public", 6},          [IP_PRIVATE] = {"private", 7},
        [IP_SHARED] = {"shared", 6},          [IP_LOOPBACK] = {"loopback", 8},
        [IP_LINK_LOCAL] = {"link-local", 10}, [IP_UNSPECIFIED] = {"unspecified", 11},
        [IP_MULTICAST] = {"multicast", 9},    [IP_DOCUMENTATION] = {"documentation", 13},
        [IP_BENCHMARK] = {"benchmark", 9},    [IP_RESERVED] = {"reserved", 8},
    };
    return names[scope];
}
