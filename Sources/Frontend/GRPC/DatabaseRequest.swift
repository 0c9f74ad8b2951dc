import ChromaModel
import SwiftProtobuf
import TesseraRPC

/// A request of the data service: each names the tenant and database it works in.
protocol DatabaseRequest: Message {
    var tenant: String { get }
    var database: String { get }
    /// About how many bytes of packed values it holds.
    var packedBytes: Int { get }
}

extension DatabaseRequest {
    var packedBytes: Int { 0 }
}

extension DataCreateCollectionRequest: DatabaseRequest {}
extension DataGetCollectionRequest: DatabaseRequest {}
extension DataListCollectionsRequest: DatabaseRequest {}
extension DataDeleteCollectionRequest: DatabaseRequest {}
extension DataDeleteRecordsRequest: DatabaseRequest {}
extension DataGetRecordsRequest: DatabaseRequest {}
extension DataCountRequest: DatabaseRequest {}

extension DataWriteRecordsRequest: DatabaseRequest {
    var packedBytes: Int { records.embeddings.values.count }
}

extension DataQueryRequest: DatabaseRequest {
    var packedBytes: Int { embeddings.values.count }
}
