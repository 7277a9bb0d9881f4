#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations of this process are counted: on Linux with the GNU C library.
bool allocation_counter_is_active(void);

/// How often malloc, calloc, realloc or an aligned variant was called so far, by all threads, from C and Swift alike.
uint64_t allocation_count(void);

/// Octets that are allocated and not freed.
uint64_t allocated_octets(void);

#endif
