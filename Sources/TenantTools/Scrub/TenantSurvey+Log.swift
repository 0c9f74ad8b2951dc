import ChromaModel
import Platform
import TenantStorage

extension TenantSurvey {
    /// Reads the log files from the checkpoint's on: each must go on where the one before ends.
    mutating func surveyLog() throws(StorageError) {
        let names = try list(files.log)
        for name in names where !isLogName(name) {
            found(.leftover, files.log + "/" + name, "no file of the log has such a name")
        }
        guard let checkpoint else { return }
        let all = names.compactMap(LogFormat.fileNumber).sorted()
        for number in all where number < checkpoint.logFile {
            found(.leftover, files.path(ofLog: number), "it is folded into the checkpoint")
        }
        let numbers = all.filter { $0 >= checkpoint.logFile }
        checkNumbers(numbers, from: checkpoint.logFile)
        var last = checkpoint.position
        for number in numbers {
            last = try surveyLogFile(number, after: last, isLast: number == numbers.last)
        }
        try surveyMark()
    }

    private func isLogName(_ name: String) -> Bool {
        LogFormat.fileNumber(name) != nil || CheckpointFile.number(name) != nil
            || name == AcknowledgedMark.fileName
    }

    /// Compares how far the log can be read with how far it was acknowledged.
    private mutating func surveyMark() throws(StorageError) {
        switch try files.mark.read() {
        case .none: break
        case .unreadable:
            found(.derivable, files.mark.path, "it fails its checksum; nothing relies on it")
        case .end(let end) where end.last > lastPosition:
            found(
                .damage, files.path(ofLog: end.fileNumber),
                "entry \(end.last), which ends at byte \(end.offset), was acknowledged, "
                    + "but the log can be read up to entry \(lastPosition) alone")
        case .end: break
        }
    }

    /// No number may be missing. A tenant's first file may be: it begins with the first write.
    private mutating func checkNumbers(_ numbers: [UInt64], from first: UInt64) {
        if numbers.isEmpty, first > 1 {
            found(.damage, files.path(ofLog: first), "the file is missing")
        }
        var expected = first
        for number in numbers {
            if number > expected {
                found(
                    .damage, files.path(ofLog: expected),
                    number == expected + 1
                        ? "the file is missing"
                        : "the log files \(expected) to \(number - 1) are missing")
            }
            expected = number + 1
        }
    }

    /// - Returns: the position of the file's last entry.
    private mutating func surveyLogFile(
        _ number: UInt64, after last: LogPosition, isLast: Bool
    ) throws(StorageError) -> LogPosition {
        let path = files.path(ofLog: number)
        let log = try LogExaminer.examine(
            path, tenant: files.tenant, number: number, fileSystem: files.fileSystem)
        if isLast, log.isUnbegun {
            found(.leftover, path, "the file was never begun: a crash came first")
            return last
        }
        findings += log.findings
        if log.first != last.next {
            found(
                .damage, path, at: 0,
                "it begins with entry \(log.first), and entry \(last.next) is what follows")
        }
        checkEnd(log, isLast: isLast)
        logs.append(log)
        return log.last
    }

    private mutating func checkEnd(_ log: LogExamination, isLast: Bool) {
        guard let end = log.tornEnd else { return }
        let place = UInt64(end.lowerBound)
        if isLast, !log.endMayBeDamage {
            found(
                .leftover, log.path, at: place,
                "\(end.count) bytes of a write that was never acknowledged")
        } else {
            found(
                .damage, log.path, at: place,
                "the last group of entries (\(end.count) bytes) fails its checksum")
        }
    }
}
