import ChromaModel
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Errors on the wire")
struct StatusTableTests {
    @Test("every code has its gRPC status and its HTTP status")
    func table() {
        let rows = ServiceError.Code.allCases.map {
            "\($0.rawValue) \($0.wireStatus.name) \($0.wireStatus.http)"
        }
        #expect(
            rows == [
                "invalidArgument INVALID_ARGUMENT 400",
                "notFound NOT_FOUND 404",
                "internalError INTERNAL 500",
                "versionMismatch ABORTED 409",
                "alreadyExists ALREADY_EXISTS 409",
                "permissionDenied PERMISSION_DENIED 403",
                "unauthenticated UNAUTHENTICATED 401",
                "resourceExhausted RESOURCE_EXHAUSTED 429",
                "failedPrecondition FAILED_PRECONDITION 400",
                "unprocessable INVALID_ARGUMENT 400",
                "unimplemented UNIMPLEMENTED 501",
                "unavailable UNAVAILABLE 503",
                "deadlineExceeded DEADLINE_EXCEEDED 504",
                "aborted ABORTED 409",
                "unsupportedMediaType INVALID_ARGUMENT 415",
                "payloadTooLarge RESOURCE_EXHAUSTED 413",
                "insufficientStorage RESOURCE_EXHAUSTED 507",
                "writeConflict ABORTED 409",
                "staleRead FAILED_PRECONDITION 400",
            ])
    }

    @Test("the gRPC status is the one that the name says")
    func grpcCodes() {
        for code in ServiceError.Code.allCases {
            let spelled = code.wireStatus.name.replacing("_", with: "").lowercased()
            let grpc = "\(code.wireStatus.grpc)".lowercased().replacing("error", with: "")
            #expect(grpc.replacing(" ", with: "") == spelled)
        }
    }

    @Test("a refusal's body is JSON whatever the message holds")
    func body() {
        let id = RequestID(random: FixedRandom())
        let error = ServiceError(.notFound, "Tenant [\"a\"\n] not found")
        #expect(
            HTTPErrorBody.json(error, request: id)
                == #"{"error":{"code":404,"status":"NOT_FOUND","#
                + #""message":"Tenant [\"a\"\n] not found","#
                + #""request_id":"00000000-0000-4007-8000-000000000007"}}"#)
    }
}
