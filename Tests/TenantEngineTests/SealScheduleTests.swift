import Testing

@testable import TenantEngine

@Suite("When a tenant is sealed")
struct SealScheduleTests {
    private var schedule = SealSchedule(quietNanoseconds: 100, logBytesMax: 1000)

    @Test("a while after the last write, with one alarm for a burst")
    mutating func quiet() {
        #expect(schedule.wrote(bytes: 1, at: 10) == .wakeAt(110))
        #expect(schedule.wrote(bytes: 1, at: 60) == .none)
        #expect(schedule.woke(at: 110) == .wakeAt(160))
        #expect(schedule.woke(at: 160) == .sealNow)
        #expect(schedule.sealed(at: 170, failed: false) == .none)
    }

    @Test("for quiet, or because something pressed: the seal knows which")
    mutating func reason() {
        #expect(schedule.wrote(bytes: 1, at: 10) == .wakeAt(110))
        #expect(!schedule.isSealingQuiet)
        #expect(schedule.woke(at: 110) == .sealNow)
        #expect(schedule.isSealingQuiet)
        #expect(schedule.wrote(bytes: 1000, at: 120) == .none)
        #expect(schedule.sealed(at: 130, failed: false) == .sealNow)
        #expect(!schedule.isSealingQuiet)
        #expect(schedule.sealed(at: 140, failed: false) == .wakeAt(240))
        #expect(!schedule.isSealingQuiet)
    }

    @Test("a while after a seal that something pressed for, once")
    mutating func settling() {
        #expect(schedule.wrote(bytes: 1000, at: 10) == .sealNow)
        #expect(schedule.sealed(at: 20, failed: false) == .wakeAt(120))
        #expect(schedule.pressed(at: 30) == .none, "there is nothing to seal")
        #expect(schedule.woke(at: 120) == .sealNow)
        #expect(schedule.isSealingQuiet)
        #expect(schedule.sealed(at: 130, failed: false) == .none)
        #expect(schedule.woke(at: 1_000) == .none)
    }

    @Test("what is written before that is sealed with it, when nobody writes any more")
    mutating func settlingLater() {
        #expect(schedule.wrote(bytes: 1000, at: 10) == .sealNow)
        #expect(schedule.sealed(at: 20, failed: false) == .wakeAt(120))
        #expect(schedule.wrote(bytes: 1, at: 110) == .none)
        #expect(schedule.woke(at: 120) == .wakeAt(210))
        #expect(schedule.woke(at: 210) == .sealNow)
        #expect(schedule.isSealingQuiet)
        #expect(schedule.sealed(at: 220, failed: false) == .none)
    }

    @Test("at once when much was written, and again after a seal that much was written beside")
    mutating func size() {
        #expect(schedule.wrote(bytes: 999, at: 10) == .wakeAt(110))
        #expect(schedule.wrote(bytes: 1, at: 11) == .sealNow)
        #expect(schedule.wrote(bytes: 1000, at: 12) == .none)
        #expect(schedule.sealed(at: 13, failed: false) == .sealNow)
    }

    @Test("sooner when much was written, though an alarm for later is set")
    mutating func hurry() {
        let much = SealSchedule.muchBytes + 1
        schedule = SealSchedule(quietNanoseconds: 100, logBytesMax: 4 * much)
        #expect(schedule.wrote(bytes: 1, at: 10) == .wakeAt(110))
        #expect(schedule.wrote(bytes: much, at: 20) == .wakeAt(40))
        #expect(schedule.wrote(bytes: 1, at: 30) == .none)
        #expect(schedule.woke(at: 40) == .wakeAt(50))
        #expect(schedule.woke(at: 50) == .sealNow)
        #expect(schedule.sealed(at: 60, failed: false) == .none)
        #expect(schedule.woke(at: 110) == .none, "the first alarm")
    }

    @Test("a stale alarm doesn't take the place of the one that is needed")
    mutating func staleAlarm() {
        schedule = SealSchedule(quietNanoseconds: 100, logBytesMax: 100 << 20)
        #expect(schedule.wrote(bytes: 1, at: 10) == .wakeAt(110))
        #expect(schedule.wrote(bytes: SealSchedule.muchBytes, at: 100) == .none)
        #expect(schedule.woke(at: 110) == .wakeAt(120))
        #expect(schedule.woke(at: 115) == .none)
        #expect(schedule.woke(at: 120) == .sealNow)
    }

    @Test("the next seal is soon due when half a log was written beside one")
    mutating func soonDue() {
        #expect(schedule.wrote(bytes: 1000, at: 10) == .sealNow)
        _ = schedule.wrote(bytes: 499, at: 11)
        #expect(!schedule.isSoonDue)
        _ = schedule.wrote(bytes: 1, at: 12)
        #expect(schedule.isSoonDue)
    }

    @Test("at once when memory runs short")
    mutating func shortMemory() {
        #expect(schedule.wrote(bytes: 1, isNearBound: true, at: 10) == .sealNow)
        #expect(schedule.isSealing)
        #expect(schedule.wrote(bytes: 1, at: 11) == .none)
        #expect(schedule.pressed(at: 12) == .none)
        #expect(schedule.sealed(at: 13, failed: false) == .sealNow)
        #expect(schedule.sealed(at: 14, failed: false) == .wakeAt(114))
    }

    @Test("not when there is nothing to seal, however short memory is")
    mutating func nothing() {
        #expect(schedule.pressed(at: 10) == .none)
        #expect(!schedule.isSealing)
        #expect(schedule.wrote(bytes: 1, at: 20) == .wakeAt(120), "the pressure was then")
    }

    @Test("a failed seal is tried again after a while, not at once, whatever presses")
    mutating func failure() {
        #expect(schedule.wrote(bytes: 2000, at: 10) == .sealNow)
        #expect(schedule.sealed(at: 20, failed: true) == .wakeAt(120))
        #expect(schedule.pressed(at: 30) == .none)
        #expect(schedule.wrote(bytes: 2000, isNearBound: true, at: 40) == .none)
        #expect(!schedule.isSealing)
        #expect(schedule.woke(at: 120) == .sealNow)
    }

    @Test("each failure in a row doubles the wait, up to a minute; a good seal ends the row")
    mutating func backOff() {
        let second: UInt64 = 1_000_000_000
        schedule = SealSchedule(quietNanoseconds: second, logBytesMax: 1)
        #expect(schedule.wrote(bytes: 1, at: 0) == .sealNow)
        var now: UInt64 = 0
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] as [UInt64] {
            let next = now + seconds * second
            #expect(schedule.sealed(at: now, failed: true) == .wakeAt(next))
            #expect(schedule.woke(at: next) == .sealNow)
            now = next
        }
        #expect(schedule.failures == 8)
        #expect(schedule.sealed(at: now, failed: false) == .none)
        #expect(schedule.wrote(bytes: 1, at: now) == .sealNow)
        #expect(schedule.sealed(at: now, failed: true) == .wakeAt(now + second))
    }
}
