/// Counts what the request used. Its answer isn't on its way yet, so no answer is ever uncounted.
struct MeterStage: Stage {
    let metering: Metering
    var name: String { "meter" }

    func run(_ context: inout RequestContext) async {
        await metering.answered(
            context.route?.endpoint.action, in: context.scope, context.reply?.charge)
    }
}
