import Glibc

extension InternetAddress: CustomStringConvertible {
    /// As `inet_ntop` writes it, such as `203.0.113.7` or `2001:db8::1`.
    package var description: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(family, bytes, &text, socklen_t(text.count))
        let written = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: written, as: UTF8.self)
    }
}

extension InternetAddress {
    /// An address as proxies write it, with a port or without: `192.0.2.1`, `192.0.2.1:80`,
    /// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`; nil for anything else.
    init?(hop: Substring) {
        var host = hop.trimmingPrefix(while: Self.isBlank)
        while let last = host.last, Self.isBlank(last) { host.removeLast() }
        if let colon = host.lastIndex(of: ":"), Self.isPort(host[host.index(after: colon)...]) {
            let front = host[..<colon]
            // Without brackets several colons are an IPv6 address, and none of them a port's.
            if Self.isBracketed(front) || !front.contains(":") { host = front }
        }
        if Self.isBracketed(host) {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        }
        guard let address = InternetAddress(String(host)) else { return nil }
        self = address.unmapped
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func isBracketed(_ text: Substring) -> Bool {
        text.first == "[" && text.last == "]"
    }

    /// Decimal digits alone: `UInt16` would take a sign.
    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt16(text) != nil
    }
}
