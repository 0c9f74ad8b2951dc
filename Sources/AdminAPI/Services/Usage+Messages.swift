import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension AdminUsage {
    /// Throws `invalidArgument` when the cost can't be counted.
    init(_ line: UsageLine, _ prices: PriceBook) throws(ServiceError) {
        self.init()
        tenant = ResourceName("tenants", line.tenant).description
        tenantID = line.tenantID
        database = line.database
        databaseID = line.databaseID
        collectionID = line.collectionID
        credential = line.credential
        label = line.label
        meter = line.meter
        unit = line.unit
        startTime = Google_Protobuf_Timestamp(unixMilliseconds: line.startMilliseconds)
        endTime = Google_Protobuf_Timestamp(unixMilliseconds: line.endMilliseconds)
        period = line.period.description
        corrects = line.correctedPeriod?.description ?? ""
        final = line.isFinal
        quantity = "\(line.quantity)"
        id = line.id
        booking = line.booking
        guard let price = prices.price(of: line.meter) else { return }
        cost = try price.cost(of: line.quantity).description
        currency = prices.currency
    }
}

extension AdminPriceBook {
    init(_ record: PriceBookRecord, isInForce: Bool) throws(ServiceError) {
        self.init()
        name = ResourceName("priceBooks", record.version).description
        title = record.book.title
        currency = record.book.currency
        prices = record.book.prices.map { price in
            .with {
                $0.sku = price.sku
                $0.meter = price.meter
                $0.description_p = price.description
                $0.price = price.price
                $0.pricingUnit = price.pricingUnit
                $0.unitSize = price.unitSize
            }
        }
        sha256 = try record.book.digest
        createdBy = record.createdBy
        if let time = record.createdAtMilliseconds {
            createTime = Google_Protobuf_Timestamp(unixMilliseconds: time)
        }
        inForce = isInForce
    }
}

extension PriceBook {
    /// Throws `invalidArgument`.
    init(_ request: AdminCreatePriceBookRequest) throws(ServiceError) {
        try self.init(
            currency: request.currency, title: request.title,
            prices: request.prices.map { price in
                Price(
                    sku: price.sku, meter: price.meter, description: price.description_p,
                    price: price.price, pricingUnit: price.pricingUnit, unitSize: price.unitSize)
            })
    }
}
