/* Arithmetic and order of int, uint and double: exact, overflow is an error (langdef, "Numeric values"). */
#ifndef PLIMSOLL_CEL_NUMBER_H
#define PLIMSOLL_CEL_NUMBER_H

#include "cel/function.h"
#include "cel/syntax/ast.h"

/* Of two numbers of any types, by their mathematical values. */
enum cel_order cel_compare_numbers(const struct cel_value *a, const struct cel_value *b);

/* OP_ADD ... OP_MODULO of two numbers of one type. */
struct cel_value cel_calculate(struct cel_call *call, enum cel_operator op, const struct cel_value *a,
                               const struct cel_value *b);

#endif
