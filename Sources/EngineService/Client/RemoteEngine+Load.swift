import TenantEngine
import TesseraRPC

extension RemoteEngine: LoadMeter {
    package func measureLoad(_ query: LoadQuery) async throws -> LoadReport {
        let answer: EngineLoadAnswer = try await call(
            EngineLoadService.Method.MeasureLoad.descriptor, EngineMeasureLoadRequest(query),
            .none)
        return answer.report
    }
}
