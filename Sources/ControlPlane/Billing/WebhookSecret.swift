import Billing
import ChromaModel
import Crypto

/// What a budget's webhook is signed with. It is derived from the installation's key and stands
/// in no table: who reads the database can't sign.
package struct WebhookSecret: Sendable {
    /// For example "whsec_" and 64 hexadecimal digits.
    package let text: String

    package init(of budget: Budget, key: ReceiptKey) {
        text = "whsec_" + key.derived("tessera webhook \(budget.id)")
    }

    /// The value of the signature header: `t=SECONDS,v1=HEX`. HEX is the HMAC-SHA-256, under the
    /// secret's text, of the seconds, a dot and the body.
    func signature(of body: [UInt8], atSeconds seconds: UInt64) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(text.utf8)))
        code.update(data: Array("\(seconds).".utf8))
        code.update(data: body)
        return "t=\(seconds),v1=\(Hexadecimal.text(code.finalize()))"
    }
}
