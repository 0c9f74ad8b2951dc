import ChromaModel
import FoundationEssentials

/// A URL that a person chose for this server to call, whatever its host resolves to.
package struct OutboundURL: Sendable {
    /// Longest URL, in bytes.
    static let bytesMax = 2048

    package let text: String
    /// A name, or an address without brackets.
    package let host: String
    let port: Int

    /// - Parameters:
    ///   - allowsPlainHTTP: for development.
    ///   - subject: what the message of a refusal begins with, such as "webhook_url".
    /// - Throws: `invalidArgument` for what is no URL of a host over HTTPS.
    package init(_ text: String, allowsPlainHTTP: Bool, subject: String) throws(ServiceError) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URL(string: text),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
            url.fragment == nil
        else {
            throw .invalid("\(subject) is no URL of a host, or has a user, password or fragment.")
        }
        let portDefault: Int
        switch url.scheme?.lowercased() {
        case "https": portDefault = 443
        case "http" where allowsPlainHTTP: portDefault = 80
        default: throw .invalid("\(subject) must begin with https://.")
        }
        guard (1...Int(UInt16.max)).contains(url.port ?? portDefault) else {
            throw .invalid("\(subject)'s port is 1 to 65535.")
        }
        self.text = text
        self.host = Self.unbracketed(host)
        port = url.port ?? portDefault
    }

    /// The address, when it is one and no name.
    package var address: InternetAddress? { InternetAddress(host) }

    private static func unbracketed(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
