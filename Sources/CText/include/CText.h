// Text matching: a C face of RE2 (linear-time regular expressions over UTF-8, no look-around,
// no backreferences) and literal search.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cregex cregex;

// Compiles a pattern. Never returns NULL for lack of syntax: ask cregex_error.
// memory_bytes_max bounds the compiled program and the search cache.
cregex *cregex_compile(const char *pattern, size_t count, int64_t memory_bytes_max);
void cregex_free(cregex *regex);

// NULL when the pattern is good, else why not; valid until the regex is freed.
const char *cregex_error(const cregex *regex);

// Instructions of a good pattern's program. What a search takes at worst is in proportion to them
// and to the bytes of the text.
int cregex_size(const cregex *regex);

// Whether the pattern matches anywhere in the text. Safe from any number of threads.
bool cregex_search(const cregex *regex, const char *text, size_t count);

// What the text must hold for a pattern to match: literal pieces ("atoms", lower-cased, at least
// atom_bytes_min bytes each) and the and/or tree over them. NULL when nothing is known.
typedef struct cregex_filter cregex_filter;

cregex_filter *cregex_filter_make(
    const char *pattern, size_t count, int64_t memory_bytes_max, int atom_bytes_min);
void cregex_filter_free(cregex_filter *filter);
size_t cregex_filter_atom_count(const cregex_filter *filter);
// The bytes of an atom, `count` of them; valid until the filter is freed.
const char *cregex_filter_atom(const cregex_filter *filter, size_t index, size_t *count);
// Whether a text that holds just these atoms may match. Safe from any number of threads.
bool cregex_filter_passes(const cregex_filter *filter, const int *atoms, size_t count);

// Whether the needle occurs in the text, byte for byte.
bool ctext_contains(const char *text, size_t count, const char *needle, size_t needle_count);

#ifdef __cplusplus
}
#endif
