#pragma once

#include <stddef.h>

/// What stands for a number of its length that no other request has: see `requests_read`.
#define UNIQUE_MARK "@@@@@@@@@@@@"
#define UNIQUE_MARK_LENGTH (sizeof UNIQUE_MARK - 1)
/// Kinds are told apart in the report; they are below this.
#define KINDS_MAX 4

/// The bytes of an HTTP request, of which `mark` points at a UNIQUE_MARK; null: there is none.
typedef struct {
    unsigned kind;
    const char *bytes, *mark;
    size_t length;
} Request;

typedef struct {
    Request *all;
    size_t count;
} Requests;

/// The requests of a file, each after a line `KIND BYTES`. Ends the process when it is malformed.
Requests requests_read(const char *path);
