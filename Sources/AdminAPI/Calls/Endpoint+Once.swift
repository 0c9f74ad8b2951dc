import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// An answer with something in it that is told once.
protocol SecretAnswer {
    mutating func removeSecret()
}

extension AdminCreateTokenResponse: SecretAnswer {
    mutating func removeSecret() { secret = "" }
}

extension Endpoint {
    /// Does the method's work for a caller, and a request with an id once: asking again gets the
    /// first answer, without its secret.
    ///
    /// The id is stored in the transaction that makes the change, so that a crash in between
    /// leaves both or neither.
    func perform(_ input: Input, for principal: Principal, _ controlPlane: ControlPlane)
        async throws -> Output
    {
        guard method.auditEvent != nil, let call = AdminCall.current else {
            return try await work(input, principal)
        }
        let facts = RequestFacts(input)
        call.note(resource: facts.resource, tenant: TenantName(inResource: facts.resource))
        guard let key = try facts.idempotencyKey(method, actor: call.actor) else {
            return try await work(input, principal)
        }
        if let first = try await firstOutput(key, controlPlane) { return first }
        call.note(idempotency: key)
        do {
            let output = try await work(input, principal)
            // What commits nothing here, a backup, is remembered now. Should that fail, the gate
            // tries again, and says so.
            try? await controlPlane.audit(call, refusal: nil)
            await keep(output, key, controlPlane)
            return output
        } catch {
            // The same request may have been faster on another connection.
            guard let first = try await firstOutput(key, controlPlane) else { throw error }
            return first
        }
    }

    private func firstOutput(_ key: IdempotencyKey, _ controlPlane: ControlPlane)
        async throws -> Output?
    {
        try await controlPlane.firstAnswer(to: key).map { try Output(serializedBytes: $0) }
    }

    /// An answer that can't be kept is answered all the same: asking again says that it is gone.
    private func keep(_ output: Output, _ key: IdempotencyKey, _ controlPlane: ControlPlane) async {
        var kept = output
        if var secret = output as? any SecretAnswer & Message {
            secret.removeSecret()
            guard let stripped = secret as? Output else { return }
            kept = stripped
        }
        guard let bytes: [UInt8] = try? kept.serializedBytes() else { return }
        try? await controlPlane.keepAnswer(bytes, to: key)
    }
}
