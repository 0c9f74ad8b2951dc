import ChromaModel

/// A name of a tenants file or of the server, compared by its bytes.
struct ByteName: ByteText {
    let value: String
}
