import Foundation

/// A whole file as memory; the program ends with it.
final class MappedFile {
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw BenchmarkError("\(path) cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BenchmarkError("\(path): no size") }
        let size = Int(status.st_size)
        guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw BenchmarkError("\(path) cannot be mapped") }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    func values<Value: BitwiseCopyable>(_ type: Value.Type) -> UnsafeBufferPointer<Value> {
        bytes.assumingMemoryBound(to: type)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
