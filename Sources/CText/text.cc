#include "CText.h"

#include <re2/re2.h>

#include <new>
#include <string.h>

struct cregex {
    RE2 program;
    cregex(re2::StringPiece pattern, const RE2::Options &options) : program(pattern, options) {}
};

cregex *cregex_compile(const char *pattern, size_t count, int64_t memory_bytes_max) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_bytes_max);
    return new (std::nothrow) cregex(re2::StringPiece(pattern, count), options);
}

void cregex_free(cregex *regex) { delete regex; }

const char *cregex_error(const cregex *regex) {
    return regex->program.ok() ? nullptr : regex->program.error().c_str();
}

bool cregex_search(const cregex *regex, const char *text, size_t count) {
    return RE2::PartialMatch(re2::StringPiece(text, count), regex->program);
}

bool ctext_contains(const char *text, size_t count, const char *needle, size_t needle_count) {
    return memmem(text, count, needle, needle_count) != nullptr;
}
