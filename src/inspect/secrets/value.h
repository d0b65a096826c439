/* What can be said of a value without knowing its kind. */
#ifndef PLIMSOLL_INSPECT_SECRETS_VALUE_H
#define PLIMSOLL_INSPECT_SECRETS_VALUE_H

#include "base/buf.h"
#include "base/hash.h"

/* Shannon's entropy of its bytes, in bits a byte. */
double value_entropy(struct str value);

/* It stands in for a secret: EXAMPLE, xxxx, ${VAR}, <token>, {{ .Values.x }}, 1234567890, ... */
bool value_is_placeholder(struct str value);

/* For values whose name alone speaks for them: it has the letters and digits of a key. */
bool value_looks_random(struct str value);

/* A few first characters, never more than a quarter of it, and its length: "ghp_… (40 characters)". */
enum { PREVIEW_BYTES = 48 };
void value_preview(struct str value, char out[PREVIEW_BYTES]);

enum { SECRET_KEY_BYTES = 32, SECRET_HASH_HEX = 32 };
/* HMAC-SHA256 under the key, its first half as digits: the same for the same value. */
void value_hash(const unsigned char key[SECRET_KEY_BYTES], struct str value, char out[SECRET_HASH_HEX + 1]);

/* Base64 in either alphabet, with or without padding and line breaks, into out. False when it is none. */
bool value_base64(struct str text, struct buf *out);

/* Forgets what a buffer held, and frees it. */
void value_wipe(struct buf *buf);

#endif
