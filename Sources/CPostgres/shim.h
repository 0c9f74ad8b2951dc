#pragma once
#include <libpq-fe.h>
#include <spawn.h>

// glibc declares these only under _GNU_SOURCE, with which its Swift module is not built.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int syncfs(int);
