/// An answer over gRPC, and what the request used.
struct Charged<Output: Sendable>: Sendable {
    let output: Output
    let charge: RequestCharge?

    init(_ output: Output, _ charge: RequestCharge? = nil) {
        self.output = output
        self.charge = charge
    }
}
