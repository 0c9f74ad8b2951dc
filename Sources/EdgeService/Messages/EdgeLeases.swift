import ChromaModel
import FoundationEssentials
import RateLimits
import TesseraRPC

extension EdgeLeaseQuestion {
    init(_ question: LeaseTable<RateKey>.Question) {
        self.init()
        tenantID = Data(question.key.tenant.uuid)
        usage = question.key.usage.rawValue
        credential = question.key.credential?.value ?? ""
        ratePerSecond = question.policy.ratePerSecond
        burst = question.policy.burst
        want = question.want
        atLeast = question.atLeast
    }

    func question() throws(ServiceError) -> LeaseTable<RateKey>.Question {
        guard let policy = RatePolicy(ratePerSecond: ratePerSecond, burst: burst),
            want.isFinite, atLeast.isFinite, want >= 0, atLeast >= 0
        else { throw .unreadableMessage("a rate") }
        let key = RateKey(
            tenant: TenantID(try tenantID.uniqueID()), usage: try UsageType.named(usage),
            credential: credential.isEmpty ? nil : RateCredential(credential))
        return LeaseTable.Question(key: key, policy: policy, want: want, atLeast: atLeast)
    }
}

extension EdgeLeaseAnswer {
    init(_ answer: LeaseAnswer) {
        self.init()
        granted = answer.granted
        remaining = answer.remaining
        retryAfterNanoseconds = answer.retryAfterNanoseconds
    }

    var answer: LeaseAnswer {
        LeaseAnswer(
            granted: granted, remaining: remaining,
            retryAfterNanoseconds: retryAfterNanoseconds)
    }
}
