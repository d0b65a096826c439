/* Licences as SPDX expressions (SPDX specification 2.3, annex D).
 *
 *     licence_expression(&arena, STR("GPLv2+ and (MIT or ASL 2.0)"), &expression, err);
 *     → "GPL-2.0-or-later AND (MIT OR Apache-2.0)"
 *
 * The ids, the exceptions and the names that packages use instead are content/licences/. */
#ifndef PLIMSOLL_MODEL_LICENCE_H
#define PLIMSOLL_MODEL_LICENCE_H

#include "base/arena.h"
#include "base/err.h"

/* The expression that means what a package states, its ids in their own case; empty when that is no
 * expression and a part of it has no known name. In arena. */
int licence_expression(struct arena *arena, struct str stated, struct str *out, struct err *err);

/* Whether an expression of licence_expression() lets somebody choose licences that all fit: of OR one side,
 * of AND both. fits is asked for each licence with its exception ("GPL-2.0-only WITH
 * Classpath-exception-2.0"). */
typedef bool licence_fits(void *ctx, struct str licence);
bool licence_allows(struct str expression, licence_fits *fits, void *ctx);

/* The id in its own case; empty when the list has none. */
struct str licence_id(struct str id);

/* A name as names are compared: see content/licences/names.tsv. In arena. */
struct str licence_plain_name(struct arena *arena, struct str name);

/* ---- the tables, which the build makes (compile_licences.c): sorted without regard to case, names by bytes
 */

struct licence_name {
    struct str name, expression;
};

extern const struct str builtin_licence_ids[], builtin_licence_exceptions[];
extern const size_t builtin_licence_ids_n, builtin_licence_exceptions_n;
extern const struct licence_name builtin_licence_names[];
extern const size_t builtin_licence_names_n;

#endif
