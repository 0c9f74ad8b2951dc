/// What this build calls itself, in metrics, traces and the command line.
enum BuildInfo {
    static let version = "0.1.0"
}
