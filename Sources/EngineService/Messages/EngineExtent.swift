import TesseraRPC
import Usage

extension EngineExtent {
    init(_ extent: ReadExtent) {
        self.init()
        compactedBytes = extent.compactedBytes
        pulledLogBytes = extent.pulledLogBytes
    }

    var extent: ReadExtent {
        ReadExtent(compactedBytes: compactedBytes, pulledLogBytes: pulledLogBytes)
    }
}
