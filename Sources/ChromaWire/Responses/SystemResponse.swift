import ChromaModel
import NIOCore

/// The small answers (protocol §1.1, §1.2).
package enum SystemResponse {
    /// `{}`: done.
    package static func writeEmpty(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("{}")
    }

    /// A bare integer: counts.
    package static func write(integer value: Int, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { $0.integer(value) }
    }

    /// A bare string: the version.
    package static func write(string value: String, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { $0.string(value) }
    }

    /// A bare boolean: reset.
    package static func write(bool value: Bool, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { $0.bool(value) }
    }

    /// `{"deleted": n}`.
    package static func write(deleted count: Int, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"deleted\":")
            writer.integer(count)
            writer.raw("}")
        }
    }

    /// - Parameter nanoseconds: Unix time.
    package static func write(heartbeat nanoseconds: UInt64, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"nanosecond heartbeat\":")
            writer.integer(nanoseconds)
            writer.raw("}")
        }
    }

    /// What clients ask before their first write.
    package static func write(batchRecordsMax: Int, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"max_batch_size\":")
            writer.integer(batchRecordsMax)
            writer.raw(",\"supports_base64_encoding\":true}")
        }
    }

    package static func write(
        isExecutorReady: Bool, isLogClientReady: Bool, into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"is_executor_ready\":")
            writer.bool(isExecutorReady)
            writer.raw(",\"is_log_client_ready\":")
            writer.bool(isLogClientReady)
            writer.raw("}")
        }
    }
}

/// A refusal on the wire (protocol §1.1.1).
package enum ErrorResponse {
    /// - Parameters:
    ///   - name: one of upstream's error names.
    ///   - message: what the client shows.
    package static func write(name: String, message: String, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"error\":")
            writer.string(name)
            writer.raw(",\"message\":")
            writer.string(message)
            writer.raw("}")
        }
    }
}
