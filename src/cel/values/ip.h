/* IP addresses and CIDR prefixes as Kubernetes' CEL library and Go's net/netip take them, and which block of
 * addresses one is in.
 *
 * No leading zeros in IPv4, no zones, no IPv4-mapped IPv6. Text is written by RFC 5952. Plain values; nothing
 * allocates. */
#ifndef PLIMSOLL_CEL_VALUES_IP_H
#define PLIMSOLL_CEL_VALUES_IP_H

#include "base/err.h"
#include "base/str.h"

struct ip {
    uint8_t family;    /* 4 or 6 */
    uint8_t bytes[16]; /* network order; 4 of them for IPv4, the others 0 */
};

/* The address is kept as written: host bits may be set. */
struct cidr {
    struct ip ip;
    uint8_t prefix; /* bits */
};

enum { IP_TEXT = 48, CIDR_TEXT = 56 };

int ip_parse(struct str text, struct ip *out, struct err *err);
/* As ip_parse(), but takes an IPv4-mapped address that is written in hex ("::ffff:c0a8:1"), as cel-go's
 * network extension does. */
int ip_parse_mapped(struct str text, struct ip *out, struct err *err);
size_t ip_format(const struct ip *ip, char out[IP_TEXT]); /* the length */
/* Any IPv6 address, IPv4-mapped or not: what the brackets of a URL may hold. */
bool ip_is_v6_text(struct str text);
bool ip_is_canonical(const struct ip *ip, struct str text);
/* An IPv4-mapped address equals its IPv4 address. */
bool ip_equal(const struct ip *a, const struct ip *b);

bool ip_is_unspecified(const struct ip *ip);
bool ip_is_loopback(const struct ip *ip);
bool ip_is_link_local_multicast(const struct ip *ip);
bool ip_is_link_local_unicast(const struct ip *ip);
/* As Go means it: private addresses are global unicast too. */
bool ip_is_global_unicast(const struct ip *ip);

int cidr_parse(struct str text, struct cidr *out, struct err *err);
int cidr_parse_mapped(struct str text, struct cidr *out, struct err *err);
size_t cidr_format(const struct cidr *cidr, char out[CIDR_TEXT]); /* the length */
bool cidr_equal(const struct cidr *a, const struct cidr *b);
struct cidr cidr_masked(const struct cidr *cidr);
bool cidr_contains_ip(const struct cidr *cidr, const struct ip *ip);
bool cidr_contains_cidr(const struct cidr *outer, const struct cidr *inner);

/* What the special-purpose registries of IANA (RFC 6890) say of an address. */
enum ip_scope {
    IP_PUBLIC,
    IP_PRIVATE,       /* RFC 1918, RFC 4193 */
    IP_SHARED,        /* RFC 6598, carrier-grade NAT */
    IP_LOOPBACK,      /* RFC 1122, RFC 4291 */
    IP_LINK_LOCAL,    /* RFC 3927, RFC 4291; cloud metadata services live here */
    IP_UNSPECIFIED,   /* 0.0.0.0/8, :: */
    IP_MULTICAST,     /* RFC 5771, RFC 4291 */
    IP_DOCUMENTATION, /* RFC 5737, RFC 3849, RFC 9637 */
    IP_BENCHMARK,     /* RFC 2544, RFC 5180 */
    IP_RESERVED,      /* 240.0.0.0/4, 192.0.0.0/24, 100::/64, ... */
};
enum ip_scope ip_scope(const struct ip *ip);
/* "public", "private", "shared", ... */
struct str ip_scope_name(enum ip_scope scope);

static inline bool ip_is_public(const struct ip *ip) {
    return ip_scope(ip) == IP_PUBLIC;
}
static inline bool ip_is_private(const struct ip *ip) {
    return ip_scope(ip) == IP_PRIVATE;
}

#endif
