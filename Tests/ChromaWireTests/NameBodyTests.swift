import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Bodies that name things")
struct NameBodyTests {
    @Test("names are read and checked")
    func names() throws {
        #expect(
            try withBytes(#"{"name":"abc"}"#) { try CreateTenantBody.parse($0) }.name.value == "abc"
        )
        #expect(
            try withBytes(#"{"name":"abc"}"#) { try CreateDatabaseBody.parse($0) }.name.value
                == "abc")
        #expect(
            try withBytes(#"{"new_name":"abc"}"#) { try ForkBody.parse($0) }.newName.value == "abc")
        #expect(
            try withBytes(#"{"resource_name":"r","x":1}"#) { try UpdateTenantBody.parse($0) }
                .resourceName.value == "r")
    }

    @Test("bad names are refused in upstream's words")
    func badNames() {
        expectRefusal(
            of: #"{"name":"ab"}"#, .invalidArgument,
            #"Validation error: name: Validation error: length [{"min": Number(3), "value": "#
                + #"String("ab")}]"#
        ) { try CreateTenantBody.parse($0) }
        expectRefusal(
            of: #"{"name":"ab"}"#, .invalidArgument, "Expected a name containing 3-512 characters"
        ) { try CreateDatabaseBody.parse($0) }
        expectRefusal(
            of: #"{"new_name":"ab"}"#, .invalidArgument, "Validation error: new_name: Expected"
        ) { try ForkBody.parse($0) }
        expectRefusal(
            of: #"{"name":"ab"}"#, .invalidArgument,
            "Validation error: name: Expected a name containing 3-512 characters from "
                + "[a-zA-Z0-9._-], starting and ending with a character in [a-zA-Z0-9]. Got: ab"
        ) { try CreateCollectionBody.parse($0) }
        expectRefusal(
            of: "{}", .unprocessable, RecordBatchBodyTests.shapePrefix + "missing field `name`"
        ) {
            try CreateTenantBody.parse($0)
        }
        expectRefusal(
            of: #"{"name":5}"#, .unprocessable,
            RecordBatchBodyTests.shapePrefix + "name: invalid type: integer `5`, expected a string"
        ) { try CreateCollectionBody.parse($0) }
    }
}
