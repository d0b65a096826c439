/* IP addresses and CIDR ranges, as cel-go's network library and Kubernetes' ip and cidr libraries have them.
 */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/values/ip.h"

static bool equal_ip(const void *a, const void *b) {
    return ip_equal(a, b);
}

static bool equal_cidr(const void *a, const void *b) {
    return cidr_equal(a, b);
}

static const struct cel_opaque_kind kind_ip = {{"net.IP", 6}, equal_ip};
static const struct cel_opaque_kind kind_cidr = {{"net.CIDR", 8}, equal_cidr};

static const struct ip *ip_of(const struct cel_value *v) {
    return cel_opaque_of(v, &kind_ip);
}

static const struct cidr *cidr_of(const struct cel_value *v) {
    return cel_opaque_of(v, &kind_cidr);
}

static struct cel_value ip_result(struct cel_call *call, struct ip ip) {
    struct ip *held = arena_alloc(call->arena, sizeof *held);
    if (!held) {
        return cel_no_memory(call);
    }
    *held = ip;
    return cel_opaque_result(call, &kind_ip, held);
}

static struct cel_value cidr_result(struct cel_call *call, struct cidr cidr) {
    struct cidr *held = arena_alloc(call->arena, sizeof *held);
    if (!held) {
        return cel_no_memory(call);
    }
    *held = cidr;
    return cel_opaque_result(call, &kind_cidr, held);
}

/* ---- Addresses */

static struct cel_value to_ip(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct ip ip;
    struct err err = ERR_NONE;
    return ip_parse_mapped(cel_str(&args[0]), &ip, &err) < 0 ? cel_error_from(call, &err)
                                                             : ip_result(call, ip);
}

static struct cel_value is_ip(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct ip ip;
    return cel_bool(ip_parse_mapped(cel_str(&args[0]), &ip, NULL) == 0);
}

static struct cel_value is_canonical(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct ip ip;
    struct err err = ERR_NONE;
    return ip_parse_mapped(cel_str(&args[0]), &ip, &err) < 0
               ? cel_error_from(call, &err)
               : cel_bool(ip_is_canonical(&ip, cel_str(&args[0])));
}

static struct cel_value ip_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[IP_TEXT];
    return cel_copy_string(call, str_n(text, ip_format(ip_of(&args[0]), text)));
}

static struct cel_value family(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(ip_of(&args[0])->family);
}

#define OF_IP(name)                                                                                          \
    static struct cel_value name(struct cel_call *call, const struct cel_value *args, size_t n) {            \
        return cel_bool(ip_##name(ip_of(&args[0])));                                                         \
    }
OF_IP(is_unspecified)
OF_IP(is_loopback)
OF_IP(is_global_unicast)
OF_IP(is_link_local_multicast)
OF_IP(is_link_local_unicast)

/* ---- Ranges */

static struct cel_value to_cidr(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cidr cidr;
    struct err err = ERR_NONE;
    return cidr_parse_mapped(cel_str(&args[0]), &cidr, &err) < 0 ? cel_error_from(call, &err)
                                                                 : cidr_result(call, cidr);
}

static struct cel_value is_cidr(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cidr cidr;
    return cel_bool(cidr_parse_mapped(cel_str(&args[0]), &cidr, NULL) == 0);
}

static struct cel_value cidr_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[CIDR_TEXT];
    return cel_copy_string(call, str_n(text, cidr_format(cidr_of(&args[0]), text)));
}

static struct cel_value contains_ip(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(cidr_contains_ip(cidr_of(&args[0]), ip_of(&args[1])));
}

static struct cel_value contains_ip_text(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct ip ip;
    struct err err = ERR_NONE;
    return ip_parse_mapped(cel_str(&args[1]), &ip, &err) < 0
               ? cel_error_from(call, &err)
               : cel_bool(cidr_contains_ip(cidr_of(&args[0]), &ip));
}

static struct cel_value contains_cidr(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(cidr_contains_cidr(cidr_of(&args[0]), cidr_of(&args[1])));
}

static struct cel_value contains_cidr_text(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cidr cidr;
    struct err err = ERR_NONE;
    return cidr_parse_mapped(cel_str(&args[1]), &cidr, &err) < 0
               ? cel_error_from(call, &err)
               : cel_bool(cidr_contains_cidr(cidr_of(&args[0]), &cidr));
}

static struct cel_value ip_of_cidr(struct cel_call *call, const struct cel_value *args, size_t n) {
    return ip_result(call, cidr_of(&args[0])->ip);
}

static struct cel_value masked(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cidr_result(call, cidr_masked(cidr_of(&args[0])));
}

static struct cel_value prefix_length(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(cidr_of(&args[0])->prefix);
}

static const struct cel_function functions[] = {
    {"ip", "(string) net.IP", to_ip},
    {"isIP", "(string) bool", is_ip},
    {"ip.isCanonical", "(string) bool", is_canonical},
    {"string", "(net.IP) string", ip_to_string},
    {"family", "net.IP.() int", family},
    {"isUnspecified", "net.IP.() bool", is_unspecified},
    {"isLoopback", "net.IP.() bool", is_loopback},
    {"isGlobalUnicast", "net.IP.() bool", is_global_unicast},
    {"isLinkLocalMulticast", "net.IP.() bool", is_link_local_multicast},
    {"isLinkLocalUnicast", "net.IP.() bool", is_link_local_unicast},
    {"cidr", "(string) net.CIDR", to_cidr},
    {"isCIDR", "(string) bool", is_cidr},
    {"string", "(net.CIDR) string", cidr_to_string},
    {"containsIP", "net.CIDR.(net.IP) bool", contains_ip},
    {"containsIP", "net.CIDR.(string) bool", contains_ip_text},
    {"containsCIDR", "net.CIDR.(net.CIDR) bool", contains_cidr},
    {"containsCIDR", "net.CIDR.(string) bool", contains_cidr_text},
    {"ip", "net.CIDR.() net.IP", ip_of_cidr},
    {"masked", "net.CIDR.() net.CIDR", masked},
    {"prefixLength", "net.CIDR.() int", prefix_length},
};

static const struct cel_opaque_kind *const kinds[] = {&kind_ip, &kind_cidr};
const struct cel_library cel_library_network = {"network", functions, ARRAY_SIZE(functions), kinds,
                                                ARRAY_SIZE(kinds)};
