/* The libraries that every env has. */
#ifndef PLIMSOLL_CEL_LIBRARY_STANDARD_H
#define PLIMSOLL_CEL_LIBRARY_STANDARD_H

#include "cel/function.h"

/* Operators as functions, for the checker: "_+_", "_[_]". Their rows have no C function. */
extern const struct cel_library cel_library_operators;
/* size, contains, getHours, ... */
extern const struct cel_library cel_library_standard;
/* int(), string(), timestamp(), ... */
extern const struct cel_library cel_library_conversions;

#endif
