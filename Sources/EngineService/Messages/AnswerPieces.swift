/// Cuts the items of an answer into what one message may hold.
enum AnswerPieces {
    /// Pieces in order, each of about `EngineMessages.answerBytes` bytes and at least one item.
    static func of<Item>(_ items: [Item], size: (Item) -> Int) -> [ArraySlice<Item>] {
        var pieces: [ArraySlice<Item>] = []
        var start = 0
        var bytes = 0
        for (index, item) in items.enumerated() {
            bytes += size(item)
            guard bytes >= EngineMessages.answerBytes else { continue }
            pieces.append(items[start...index])
            (start, bytes) = (index + 1, 0)
        }
        if start < items.count { pieces.append(items[start...]) }
        return pieces
    }
}
