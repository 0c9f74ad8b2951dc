// How long a thread may keep a core from others that want it.
//
// Linux gives each thread some 3 ms before another's turn comes, so a thread that wakes up for
// 50 µs of work may wait that long behind one that computes. From 6.12 on a thread with a shorter
// slice needn't: it gets the core at once. Shares of time stay equal. Anybody may choose a slice;
// older kernels and other systems ignore it.
#pragma once

// Sets the slice of the calling thread, in microseconds (100 to 100,000). Threads that it starts
// take it over. The same slice again costs nothing.
void tsched_set_slice(unsigned microseconds);

// Sets that of all threads that the process has. Call it before there are many.
void tsched_set_slice_of_process(unsigned microseconds);

// Puts the calling thread so many steps (1 to 19) below normal priority, never back. Elsewhere than
// on Linux priorities are those of processes, and nothing happens. The same again costs nothing.
void tsched_lower(int steps);

// How many cores the calling thread may run on; 0 where the system doesn't say.
int tsched_cores_allowed(void);
