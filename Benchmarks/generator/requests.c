#define _GNU_SOURCE
#include "requests.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/// A file mapped for as long as the process lives.
typedef struct {
    const char *next, *end;
} Text;

static Text mapped(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) err(1, "%s", path);
    if (status.st_size == 0) errx(1, "%s: there are no requests in it", path);
    const char *bytes = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) err(1, "%s", path);
    close(file);
    return (Text){bytes, bytes + status.st_size};
}

/// The number that ends with the byte `last`.
static size_t number(Text *text, char last) {
    size_t value = 0;
    const char *start = text->next;
    while (text->next < text->end && *text->next >= '0' && *text->next <= '9')
        value = value * 10 + (size_t)(*text->next++ - '0');
    if (text->next == start || text->next == text->end || *text->next++ != last)
        errx(1, "requests: a line of KIND and BYTES is malformed");
    return value;
}

static Request request(Text *text) {
    size_t kind = number(text, ' '), length = number(text, '\n');
    if (kind >= KINDS_MAX) errx(1, "requests: kind %zu is above %d", kind, KINDS_MAX - 1);
    if (length > (size_t)(text->end - text->next)) errx(1, "requests: the last is cut off");
    const char *bytes = text->next;
    text->next += length;
    const char *mark = memmem(bytes, length, UNIQUE_MARK, UNIQUE_MARK_LENGTH);
    return (Request){(unsigned)kind, bytes, mark, length};
}

Requests requests_read(const char *path) {
    Text text = mapped(path);
    Requests requests = {NULL, 0};
    size_t room = 0;
    while (text.next < text.end) {
        if (requests.count == room) {
            room = room ? 2 * room : 1024;
            requests.all = reallocarray(requests.all, room, sizeof(Request));
            if (!requests.all) err(1, "requests");
        }
        requests.all[requests.count++] = request(&text);
    }
    return requests;
}
