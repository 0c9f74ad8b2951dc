/// A queue in the order of arrival; both ends cost constant time on average.
struct FIFO<Element> {
    private var slots: [Element?] = []
    private var start = 0

    var count: Int { slots.count - start }
    var isEmpty: Bool { count == 0 }
    var first: Element? { start < slots.count ? slots[start] : nil }
    var elements: [Element] { slots[start...].compactMap { $0 } }

    mutating func append(_ element: Element) { slots.append(element) }

    mutating func popFirst() -> Element? {
        guard start < slots.count else { return nil }
        let element = slots[start]
        slots[start] = nil
        start += 1
        if start == slots.count || start > 32 && 2 * start > slots.count {
            slots.removeFirst(start)
            start = 0
        }
        return element
    }

    /// Moves the first to the end.
    mutating func rotate() {
        if let first = popFirst() { append(first) }
    }
}
