#include "CText.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <memory>
#include <new>
#include <string.h>
#include <string>
#include <vector>

struct cregex {
    RE2 program;
    cregex(re2::StringPiece pattern, const RE2::Options &options) : program(pattern, options) {}
};

struct cregex_filter {
    re2::FilteredRE2 filter;
    std::vector<std::string> atoms;
    explicit cregex_filter(int atom_bytes_min) : filter(atom_bytes_min) {}
};

static RE2::Options options_with(int64_t memory_bytes_max) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_bytes_max);
    return options;
}

cregex *cregex_compile(const char *pattern, size_t count, int64_t memory_bytes_max) {
    return new (std::nothrow)
        cregex(re2::StringPiece(pattern, count), options_with(memory_bytes_max));
}

void cregex_free(cregex *regex) { delete regex; }

const char *cregex_error(const cregex *regex) {
    return regex->program.ok() ? nullptr : regex->program.error().c_str();
}

int cregex_size(const cregex *regex) { return regex->program.ProgramSize(); }

bool cregex_search(const cregex *regex, const char *text, size_t count) {
    return RE2::PartialMatch(re2::StringPiece(text, count), regex->program);
}

cregex_filter *cregex_filter_make(
    const char *pattern, size_t count, int64_t memory_bytes_max, int atom_bytes_min) {
    std::unique_ptr<cregex_filter> made(new (std::nothrow) cregex_filter(atom_bytes_min));
    int id = 0;
    if (!made
        || made->filter.Add(
               re2::StringPiece(pattern, count), options_with(memory_bytes_max), &id)
            != RE2::NoError)
        return nullptr;
    made->filter.Compile(&made->atoms);
    return made->atoms.empty() ? nullptr : made.release();
}

void cregex_filter_free(cregex_filter *filter) { delete filter; }

size_t cregex_filter_atom_count(const cregex_filter *filter) { return filter->atoms.size(); }

const char *cregex_filter_atom(const cregex_filter *filter, size_t index, size_t *count) {
    *count = filter->atoms[index].size();
    return filter->atoms[index].data();
}

bool cregex_filter_passes(const cregex_filter *filter, const int *atoms, size_t count) {
    std::vector<int> passed;
    filter->filter.AllPotentials(std::vector<int>(atoms, atoms + count), &passed);
    return !passed.empty();
}

bool ctext_contains(const char *text, size_t count, const char *needle, size_t needle_count) {
    return memmem(text, count, needle, needle_count) != nullptr;
}
