import ChromaModel
import SwiftProtobuf
import TesseraRPC

/// The body of every refusal: `{"error":{"code","status","message","request_id"}}`.
enum HTTPErrorBody {
    /// - Parameter http: the status, when it is not the one that the error's code has.
    static func json(_ error: ServiceError, request: RequestID, http: Int? = nil) -> String {
        let status = error.code.wireStatus
        return """
            {"error":{"code":\(http ?? status.http),"status":"\(status.name)",\
            "message":\(quoted(error.message)),"request_id":"\(request)"}}
            """
    }

    /// Text as a JSON string. A protobuf string always has one.
    private static func quoted(_ text: String) -> String {
        (try? Google_Protobuf_Value(stringValue: text).jsonString()) ?? #""""#
    }
}
