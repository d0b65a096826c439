#include "source/stream/tar_header.h"

#include "base/limits.h"

static struct str field(struct str block, size_t offset, size_t n) {
    return str_sub(block, offset, n);
}

static struct str text_field(struct str block, size_t offset, size_t n) {
    struct str text = field(block, offset, n);
    ptrdiff_t end = str_find_byte(text, 0);
    return end < 0 ? text : str_sub(text, 0, (size_t)end);
}

bool tar_block_is_zero(struct str block) {
    assert(block.n == TAR_BLOCK);
    return block.p[0] == 0 && memcmp(block.p, block.p + 1, TAR_BLOCK - 1) == 0;
}

/* Two's complement, big endian, with the top bit as the mark of the form. */
static bool base256(struct str digits, int64_t *out) {
    bool is_negative = digits.p[0] & 0x40;
    int64_t value = is_negative ? -1 : 0;
    for (size_t i = 0; i < digits.n; i++) {
        int64_t byte = (unsigned char)digits.p[i];
        if (i == 0) {
            byte = is_negative ? byte | 0x80 : byte & 0x7f;
        }
        if (!mul_fits(value, (int64_t)256, &value) || !add_fits(value, byte, &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

bool tar_number(struct str digits, int64_t *out) {
    *out = 0;
    if (digits.n && (unsigned char)digits.p[0] & 0x80) {
        return base256(digits, out);
    }
    size_t i = 0;
    while (i < digits.n && (digits.p[i] == ' ' || digits.p[i] == 0)) {
        i++;
    }
    for (; i < digits.n && digits.p[i] >= '0' && digits.p[i] <= '7'; i++) {
        *out = *out * 8 + (digits.p[i] - '0'); /* at most 12 digits, 36 bits */
    }
    while (i < digits.n && digits.p[i] == ' ') {
        i++;
    }
    return i == digits.n || digits.p[i] == 0;
}

bool tar_unsigned(struct str digits, uint64_t *out) {
    int64_t value;
    if (!tar_number(digits, &value) || value < 0) {
        return false;
    }
    *out = (uint64_t)value;
    return true;
}

/* The sum of all bytes with the checksum field as spaces. Some old writers summed signed bytes. */
static bool has_good_checksum(struct str block) {
    int64_t stated;
    if (!tar_number(field(block, 148, 8), &stated)) {
        return false;
    }
    int32_t sum = 0, high = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        sum += (unsigned char)block.p[i];
    }
    for (size_t i = 148; i < 156; i++) {
        sum += ' ' - (unsigned char)block.p[i];
    }
    if (sum == stated) {
        return true;
    }
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        high += (i < 148 || i >= 156) && (unsigned char)block.p[i] & 0x80;
    }
    return sum - 256 * high == stated;
}

static void parse_names(struct tar_header *header, struct str block) {
    bool is_ustar = str_eq(field(block, 257, 6), STR("ustar\0"));
    bool is_star = is_ustar && str_eq(field(block, 508, 4), STR("tar\0"));
    header->name = text_field(block, 0, 100);
    header->link = text_field(block, 157, 100);
    header->prefix = is_ustar ? text_field(block, 345, is_star ? 131 : 155) : STR_NONE;
}

static const char *parse_numbers(struct tar_header *header, struct str block) {
    uint64_t mode, major = 0, minor = 0;
    if (!tar_unsigned(field(block, 124, 12), &header->size)) {
        return "the size is not a number that a file can have";
    }
    if (!tar_unsigned(field(block, 100, 8), &mode) || !tar_unsigned(field(block, 108, 8), &header->uid) ||
        !tar_unsigned(field(block, 116, 8), &header->gid)) {
        return "mode or owner is not a number";
    }
    if (!tar_number(field(block, 136, 12), &header->modified)) {
        return "the time is not a number";
    }
    bool is_device = header->type == '3' || header->type == '4';
    if (is_device &&
        (!tar_unsigned(field(block, 329, 8), &major) || !tar_unsigned(field(block, 337, 8), &minor))) {
        return "the device is not a number";
    }
    header->mode = (uint32_t)(mode & 07777);
    header->device_major = (uint32_t)major;
    header->device_minor = (uint32_t)minor;
    return NULL;
}

int tar_header_parse(struct tar_header *header, struct str block, struct err *err) {
    assert(block.n == TAR_BLOCK);
    *header = (struct tar_header){.type = block.p[156]};
    if (!has_good_checksum(block)) {
        return err_set(err, ERR_INPUT, "bad checksum");
    }
    const char *words = parse_numbers(header, block);
    if (words) {
        return err_set(err, ERR_INPUT, "%s", words);
    }
    parse_names(header, block);
    return 0;
}

const char *tar_path_normalize(struct str path, char *out, struct str *normal) {
    size_t n = 0;
    *normal = STR_NONE;
    if (str_find_byte(path, 0) >= 0) {
        return "a NUL byte in the path";
    }
    for (struct str part; str_split(&path, '/', &part);) {
        if (part.n == 0 || str_eq(part, STR("."))) {
            continue;
        }
        if (str_eq(part, STR(".."))) {
            return "a \"..\" part in the path";
        }
        if (part.n >= LIMIT_PATH - 1 - n) {
            return "a path longer than Linux allows";
        }
        if (n) {
            out[n++] = '/';
        }
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    *normal = str_n(out, n);
    return NULL;
}
