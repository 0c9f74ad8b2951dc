import SwiftProtobuf
import TesseraRPC

extension AdminUsage: TableRow {
    package static var emptyTable: TextTable {
        TextTable(
            "TENANT", "DATABASE", "COLLECTION", "CREDENTIAL", "LABEL", "FROM", "METER",
            "QUANTITY", "COST")
    }

    package func append(to table: inout TextTable) {
        func shown(_ text: String) -> String { text.isEmpty ? "-" : text }
        table.add(
            lastSegment(of: tenant), shown(database), shown(collectionID), shown(credential),
            shown(label), startTime.shown, meter, quantity + (final ? "" : "+"),
            cost.isEmpty ? "-" : "\(cost) \(currency)")
    }
}

extension AdminUsageReceipt: TableRow {
    package static var emptyTable: TextTable {
        TextTable("PERIOD", "STATE", "SEALED", "ISSUED", "SHA-256")
    }

    package func append(to table: inout TextTable) {
        table.add(
            period, final ? "final" : "provisional", hasSealTime ? sealTime.shown : "-",
            hasIssueTime ? issueTime.shown : "-", sha256.isEmpty ? "-" : sha256)
    }
}

extension AdminPriceBook: TableRow {
    package static var emptyTable: TextTable {
        TextTable("VERSION", "TITLE", "CURRENCY", "IN FORCE", "CREATED", "SHA-256")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), title, currency, inForce ? "yes" : "no",
            hasCreateTime ? createTime.shown : "-", sha256)
    }
}

extension AdminPrice: TableRow {
    package static var emptyTable: TextTable {
        TextTable("SKU", "METER", "PRICE", "FOR A", "WHICH IS", "MEANING")
    }

    package func append(to table: inout TextTable) {
        table.add(sku, meter, price, pricingUnit, unitSize, description_p)
    }
}

extension AdminBudget: TableRow {
    package static var emptyTable: TextTable {
        TextTable("BUDGET", "OF", "AMOUNT", "USED", "ALERTS AT", "STOPS", "WEBHOOK")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), meter.isEmpty ? "money" : meter, amount, used,
            thresholds.map { "\($0)%" }.joined(separator: ","), hardStop ? "yes" : "no",
            webhookURL.isEmpty ? "-" : webhookURL)
    }
}

extension AdminAlert: TableRow {
    package static var emptyTable: TextTable {
        TextTable(
            "BUDGET", "PERIOD", "PASSED", "USED", "AMOUNT", "AT", "STATE", "ATTEMPTS", "PROBLEM")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: budget), period, "\(threshold)%", used, amount, fireTime.shown, state,
            "\(attempts)", problem.isEmpty ? "-" : problem)
    }
}
