/// What a process of an installation is for. Between processes its certificate says so.
package enum NodeRole: String, Sendable, CaseIterable {
    case control, frontend, engine
}
