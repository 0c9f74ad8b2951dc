import ChromaModel
import Platform
import Testing

@testable import TenantTools

@Suite("Where a tenant's files are")
struct TenantFilesTests {
    @Test("a tenant's directory is known by its name, with or without a slash at the end")
    func directoryName() {
        let id = TenantID(UniqueID(high: 0x0123_4567_89AB_4DEF, low: 0x8000_0000_0000_0001))
        for path in ["/data/tenants/\(id)", "/data/tenants/\(id)/"] {
            let files = TenantFiles(directory: path, fileSystem: PosixFileSystem())
            #expect(files?.tenant == id)
            #expect(files?.log == "/data/tenants/\(id)/log")
        }
        #expect(TenantFiles(directory: "/data/tenants", fileSystem: PosixFileSystem()) == nil)
    }
}
