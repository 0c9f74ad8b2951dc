// How the process's allocator is set, and what it holds.
#pragma once

// Has glibc's malloc give back what was freed.
//
// By default its thresholds grow with the largest block that was freed, up to 32 MiB: what a burst
// of writes took is then kept for the next one, and a server that once took 200,000 records stays
// at several times what it needs. Fixed thresholds of 128 KiB, which is where they begin, map
// larger blocks on their own, so that they go back when they are freed, and cut the heap's free
// end. Does nothing with other allocators. Call it before other threads allocate.
void ta_give_back_freed_memory(void);

// Gives back the free pages between blocks that are in use, of all of glibc's arenas: where many
// threads allocate, most of what a burst freed lies there. Locks one arena after the other, some
// milliseconds for 100 MB.
void ta_trim(void);
