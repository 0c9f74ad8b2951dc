#include "response.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void response_begin(Response *response) {
    response->part = PART_STATUS;
    response->status = 0;
    response->closes = response->chunked = response->has_length = false;
    response->bytes_left = 0;
    response->line_length = 0;
}

static ResponsePart part_after_head(const Response *response) {
    if (response->status == 204 || response->status == 304) return PART_DONE;
    if (response->chunked) return PART_CHUNK_SIZE;
    if (!response->has_length) return PART_MALFORMED;
    return response->bytes_left > 0 ? PART_BODY : PART_DONE;
}

/// The value if the line is a header of that name (with its colon), else null.
static const char *header(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0) return NULL;
    return line + length + strspn(line + length, " \t");
}

static void take_header(Response *response) {
    const char *value;
    if ((value = header(response->line, "content-length:"))) {
        response->has_length = true;
        response->bytes_left = strtoull(value, NULL, 10);
    } else if ((value = header(response->line, "transfer-encoding:"))) {
        response->chunked = strcasecmp(value, "chunked") == 0;
    } else if ((value = header(response->line, "connection:"))) {
        response->closes = strcasecmp(value, "close") == 0;
    }
}

static ResponsePart take_status(Response *response) {
    if (strncmp(response->line, "HTTP/1.1 ", 9) != 0) return PART_MALFORMED;
    response->status = atoi(response->line + 9);
    return response->status >= 200 && response->status <= 599 ? PART_HEADER : PART_MALFORMED;
}

static ResponsePart take_chunk_size(Response *response) {
    char *end;
    response->bytes_left = strtoull(response->line, &end, 16);
    if (end == response->line) return PART_MALFORMED;
    return response->bytes_left > 0 ? PART_CHUNK : PART_TRAILER;
}

/// Takes a whole line, of which the end is cut off.
static ResponsePart take_line(Response *response) {
    bool empty = response->line[0] == '\0';
    switch (response->part) {
    case PART_STATUS: return take_status(response);
    case PART_HEADER:
        if (empty) return part_after_head(response);
        take_header(response);
        return PART_HEADER;
    case PART_CHUNK_SIZE: return take_chunk_size(response);
    case PART_CHUNK_END: return empty ? PART_CHUNK_SIZE : PART_MALFORMED;
    case PART_TRAILER: return empty ? PART_DONE : PART_TRAILER;
    default: return PART_MALFORMED;
    }
}

/// Takes what belongs to the line that has begun; returns how much that was.
static size_t take_of_line(Response *response, const char *bytes, size_t count) {
    const char *end = memchr(bytes, '\n', count);
    size_t length = end ? (size_t)(end - bytes) : count;
    if (response->line_length + length >= LINE_BYTES_MAX) {
        response->part = PART_MALFORMED;
        return count;
    }
    memcpy(response->line + response->line_length, bytes, length);
    response->line_length += length;
    if (!end) return count;
    if (response->line_length > 0 && response->line[response->line_length - 1] == '\r')
        response->line_length--;
    response->line[response->line_length] = '\0';
    response->line_length = 0;
    response->part = take_line(response);
    return length + 1;
}

static size_t take_of_body(Response *response, size_t count) {
    size_t taken = count < response->bytes_left ? count : (size_t)response->bytes_left;
    response->bytes_left -= taken;
    if (response->bytes_left == 0)
        response->part = response->part == PART_BODY ? PART_DONE : PART_CHUNK_END;
    return taken;
}

void response_take(Response *response, const char *bytes, size_t count) {
    while (count > 0 && response->part < PART_DONE) {
        bool in_body = response->part == PART_BODY || response->part == PART_CHUNK;
        size_t taken =
            in_body ? take_of_body(response, count) : take_of_line(response, bytes, count);
        bytes += taken;
        count -= taken;
    }
    // One request at a time: nothing may follow its response.
    if (count > 0) response->part = PART_MALFORMED;
}
