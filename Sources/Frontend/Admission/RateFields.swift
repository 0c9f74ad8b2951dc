import ChromaModel
import HTTPTypes
import RateLimits

extension RateRefusal<RateKey> {
    /// Whole seconds, at least 1.
    var retryAfterSeconds: Int { max(1, Int((Double(retryAfterNanoseconds) / 1e9).rounded(.up))) }

    /// What an answer says of the limit that refused it
    /// (draft-ietf-httpapi-ratelimit-headers-11): the quota `q` of a window of `w` seconds, and
    /// `r` left of it for `t` seconds.
    var fields: HTTPFields {
        let name = key.usage.rawValue
        var fields = HTTPFields()
        fields[.rateLimitPolicy] = "\"\(name)\";q=\(Int(policy.burst));w=1"
        fields[.rateLimit] = "\"\(name)\";r=\(Int(max(remaining, 0)));t=\(retryAfterSeconds)"
        fields[.retryAfter] = String(retryAfterSeconds)
        return fields
    }
}
