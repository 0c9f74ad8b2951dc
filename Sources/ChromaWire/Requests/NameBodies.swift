import ChromaModel

/// The body that makes a tenant: `{"name"}`. The name obeys `NameRules`.
package struct CreateTenantBody: RequestBody {
    private enum Member: String, JSONMember { case name }

    package let name: TenantName

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> CreateTenantBody {
        let name = TenantName(try JSONScanner.onlyString(Member.name, in: bytes))
        try NameRules.check(name)
        return CreateTenantBody(name: name)
    }
}

/// The body that makes a database: `{"name"}`. The name obeys `NameRules`.
package struct CreateDatabaseBody: RequestBody {
    private enum Member: String, JSONMember { case name }

    package let name: DatabaseName

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> CreateDatabaseBody {
        let name = DatabaseName(try JSONScanner.onlyString(Member.name, in: bytes))
        try NameRules.check(name)
        return CreateDatabaseBody(name: name)
    }
}

/// The body that names a tenant for CRNs: `{"resource_name"}`. The name obeys `NameRules`.
package struct UpdateTenantBody: RequestBody {
    private enum Member: String, JSONMember { case resourceName = "resource_name" }

    package let resourceName: TenantResourceName

    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> UpdateTenantBody {
        let name = TenantResourceName(try JSONScanner.onlyString(Member.resourceName, in: bytes))
        try NameRules.check(name)
        return UpdateTenantBody(resourceName: name)
    }
}

/// The body of fork: `{"new_name"}` (protocol §1.7).
package struct ForkBody: RequestBody {
    private enum Member: String, JSONMember { case newName = "new_name" }

    package let newName: CollectionName

    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> ForkBody {
        let name = CollectionName(try JSONScanner.onlyString(Member.newName, in: bytes))
        var report = ValidationReport()
        report.check("new_name") { () throws(ServiceError) in try NameRules.check(name) }
        try report.verify()
        return ForkBody(newName: name)
    }
}

extension JSONScanner {
    /// Reads an object that has one string member.
    fileprivate static func onlyString<Member: JSONMember>(
        _ wanted: Member, in bytes: UnsafeRawBufferPointer
    ) throws(ServiceError) -> String {
        try read(bytes) { (scanner) throws(JSONFailure) in
            var text: String?
            try scanner.members(of: Member.self, expected: "a map") {
                (_, scanner) throws(JSONFailure) in text = try scanner.string()
            }
            return try scanner.required(text, wanted.rawValue)
        }
    }
}
