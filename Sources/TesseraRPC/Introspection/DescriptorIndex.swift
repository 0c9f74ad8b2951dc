import ChromaModel
import Foundation
import SwiftProtobuf

/// What the proto files of some services declare, by name.
package struct DescriptorIndex: Sendable {
    /// Fully qualified, sorted.
    package let services: [String]
    private var files: [String: Google_Protobuf_FileDescriptorProto] = [:]
    /// The name of the file that declares a symbol.
    private var symbols: [String: String] = [:]
    /// By the extended message, then by number.
    private var extensions: [String: [Int32: String]] = [:]

    /// Of this build's protos, those that declare the services, and those that they import.
    ///
    /// - Parameter services: fully qualified.
    /// - Throws: `internalError` when the build has no such service.
    package init(services: [String]) throws(ServiceError) {
        self.services = services.sorted()
        let all = try Self.everyFile()
        for service in services {
            guard let file = all.values.first(where: { $0.declares(service) }) else {
                throw ServiceError(
                    .internalError, "No proto declares \(service); run generate-protobuf.sh.")
            }
            add(file, of: all)
        }
    }

    /// A file and all that it imports, itself first; nil when there is none of the name.
    func files(from name: String) -> [Google_Protobuf_FileDescriptorProto]? {
        guard files[name] != nil else { return nil }
        var names = [name]
        var next = 0
        while next < names.count {
            for import_ in files[names[next]]?.dependency ?? [] where !names.contains(import_) {
                names.append(import_)
            }
            next += 1
        }
        return names.compactMap { files[$0] }
    }

    /// The name of the file that declares a message, enum, service, method or extension.
    func file(declaring symbol: String) -> String? { symbols[symbol] }

    /// The name of the file that declares an extension.
    func file(extending message: String, number: Int32) -> String? {
        extensions[message]?[number]
    }

    /// The numbers of a message's extensions, sorted; nil when there is no such message.
    func extensionNumbers(of message: String) -> [Int32]? {
        guard symbols[message] != nil else { return nil }
        return extensions[message].map { $0.keys.sorted() } ?? []
    }

    /// The messages of the services, by their fully qualified names; nested ones are left out.
    package var messages: [String: Google_Protobuf_DescriptorProto] {
        var messages: [String: Google_Protobuf_DescriptorProto] = [:]
        for file in files.values {
            for message in file.messageType {
                messages["\(file.package).\(message.name)"] = message
            }
        }
        return messages
    }

    /// Request and answer of a method, fully qualified; nil when there is no such method.
    package func messages(of method: String, in service: String) -> (input: String, output: String)?
    {
        for file in files.values {
            for declared in file.service where "\(file.package).\(declared.name)" == service {
                guard let found = declared.method.first(where: { $0.name == method }) else {
                    continue
                }
                return (found.inputType.withoutDot, found.outputType.withoutDot)
            }
        }
        return nil
    }

    private static func everyFile() throws(ServiceError)
        -> [String: Google_Protobuf_FileDescriptorProto]
    {
        do {
            let files = try DescriptorTexts.all.map {
                try Google_Protobuf_FileDescriptorProto(
                    serializedBytes: Data(base64Encoded: $0) ?? Data())
            }
            return Dictionary(files.map { ($0.name, $0) }) { first, _ in first }
        } catch {
            throw ServiceError(
                .internalError, "The protos of this build can't be read.", cause: error)
        }
    }

    private mutating func add(
        _ file: Google_Protobuf_FileDescriptorProto,
        of all: [String: Google_Protobuf_FileDescriptorProto]
    ) {
        guard files.updateValue(file, forKey: file.name) == nil else { return }
        for symbol in file.symbols { symbols[symbol] = file.name }
        for field in file.extension {
            extensions[field.extendee.withoutDot, default: [:]][field.number] = file.name
        }
        for name in file.dependency {
            if let imported = all[name] { add(imported, of: all) }
        }
    }
}

extension Google_Protobuf_FileDescriptorProto {
    fileprivate func declares(_ service: String) -> Bool {
        self.service.contains { "\(package).\($0.name)" == service }
    }

    /// The fully qualified names of what the file declares.
    fileprivate var symbols: [String] {
        let own =
            enumType.map(\.name) + `extension`.map(\.name)
            + service.flatMap { service in
                [service.name] + service.method.map { "\(service.name).\($0.name)" }
            }
        return (own + messageType.flatMap(\.symbols)).map { "\(package).\($0)" }
    }
}

extension Google_Protobuf_DescriptorProto {
    /// The message's name, and those of what it contains.
    fileprivate var symbols: [String] {
        let inner = enumType.map(\.name) + nestedType.flatMap(\.symbols)
        return [name] + inner.map { "\(name).\($0)" }
    }
}

extension String {
    /// A type as descriptors refer to it, `.tessera.admin.v1.Token`, as it is declared.
    package var withoutDot: String { String(drop { $0 == "." }) }
}
