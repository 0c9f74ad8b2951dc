/// The limits of metadata maps, looked up once for all the maps of a request.
struct MetadataQuotas {
    private let quotas: EffectiveQuotas
    private let action: QuotaAction
    private let valueUsage: UsageType
    private let keySizeMax: Int
    private let valueSizeMax: Int
    private let sparseMax: Int

    /// - Parameter valueUsage: what the size of a value is limited as.
    init(_ quotas: EffectiveQuotas, for action: QuotaAction, values valueUsage: UsageType) {
        self.quotas = quotas
        self.action = action
        self.valueUsage = valueUsage
        keySizeMax = quotas[.metadataKeySizeBytes]
        valueSizeMax = quotas[valueUsage]
        sparseMax = quotas[.sparseVectorPopulatedDimensions]
    }

    /// One map. A key that is removed counts: it is part of the request.
    ///
    /// Throws `unprocessable`.
    func check(_ entries: some Collection<(MetadataKey, MetadataValue?)>) throws(ServiceError) {
        try quotas.check(.numMetadataKeys, entries.count, for: action)
        for (key, value) in entries {
            let keySize = key.value.utf8.count
            guard keySize <= keySizeMax else {
                throw refusal(.metadataKeySizeBytes, keySize, keySizeMax)
            }
            if case .sparse(let vector)? = value {
                guard vector.indices.count <= sparseMax else {
                    throw refusal(
                        .sparseVectorPopulatedDimensions, vector.indices.count, sparseMax)
                }
            } else if let size = value?.logicalBytes, size > valueSizeMax {
                throw refusal(valueUsage, size, valueSizeMax)
            }
        }
    }

    private func refusal(_ usage: UsageType, _ current: Int, _ limit: Int) -> ServiceError {
        .quotaExceeded(usage, for: action, current: current, limit: limit)
    }
}
