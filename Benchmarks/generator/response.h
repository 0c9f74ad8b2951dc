#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Longer lines of a head make a response malformed.
#define LINE_BYTES_MAX 8192

typedef enum {
    PART_STATUS,
    PART_HEADER,
    PART_BODY,
    PART_CHUNK_SIZE,
    PART_CHUNK,
    PART_CHUNK_END,
    PART_TRAILER,
    PART_DONE,
    PART_MALFORMED,
} ResponsePart;

/// An HTTP/1.1 response as it arrives. Its body is counted, not kept.
typedef struct {
    ResponsePart part;
    int status;
    /// Whether the server says that it closes the connection.
    bool closes;
    bool chunked, has_length;
    /// Of the body or of the chunk.
    uint64_t bytes_left;
    size_t line_length;
    char line[LINE_BYTES_MAX];
} Response;

void response_begin(Response *response);

/// Takes what arrived; then `part` is PART_DONE, PART_MALFORMED or where it goes on.
void response_take(Response *response, const char *bytes, size_t count);
