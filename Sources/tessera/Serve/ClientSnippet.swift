import ControlPlane

/// What a person pastes into Python to use a server just started for the first time.
struct ClientSnippet: CustomStringConvertible {
    let host: String
    let port: Int
    let secure: Bool
    let credentials: BootstrapCredentials

    var description: String {
        """
        This is a new server. Paste into Python, after `pip install chromadb`:

        import chromadb
        client = chromadb.CloudClient(api_key="\(credentials.token)",
                                      cloud_host="\(host)", cloud_port=\(port),
                                      enable_ssl=\(secure ? "True" : "False"))
        notes = client.get_or_create_collection("notes")

        The admin token is in bootstrap.json. This is the only time a token is printed.

        """
    }
}
