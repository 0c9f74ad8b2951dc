/// The numbers of a tenant's activity.
package struct TenantTally: Sendable, Hashable {
    package var reads = 0
    package var writes = 0
    package var cpuNanoseconds = 0
    package var writtenBytes = 0
    package var sealingNanoseconds = 0

    package init(
        reads: Int = 0, writes: Int = 0, cpuNanoseconds: Int = 0, writtenBytes: Int = 0,
        sealingNanoseconds: Int = 0
    ) {
        self.reads = reads
        self.writes = writes
        self.cpuNanoseconds = cpuNanoseconds
        self.writtenBytes = writtenBytes
        self.sealingNanoseconds = sealingNanoseconds
    }

    static func + (left: Self, right: Self) -> Self {
        Self(
            reads: left.reads + right.reads, writes: left.writes + right.writes,
            cpuNanoseconds: left.cpuNanoseconds + right.cpuNanoseconds,
            writtenBytes: left.writtenBytes + right.writtenBytes,
            sealingNanoseconds: left.sealingNanoseconds + right.sealingNanoseconds)
    }

    package static func - (left: Self, right: Self) -> Self {
        Self(
            reads: left.reads - right.reads, writes: left.writes - right.writes,
            cpuNanoseconds: left.cpuNanoseconds - right.cpuNanoseconds,
            writtenBytes: left.writtenBytes - right.writtenBytes,
            sealingNanoseconds: left.sealingNanoseconds - right.sealingNanoseconds)
    }
}
