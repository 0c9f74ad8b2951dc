import Foundation

/// Seconds of processor time that this process has used.
func processorSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
