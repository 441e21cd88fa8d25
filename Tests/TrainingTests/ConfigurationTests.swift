import Testing
import Training

private struct Settings: TrainingConfiguration {
  enum Gradient: String, Codable, CaseIterable, SettingValue { case dynamics, reinforce }
  struct Optimizer: Codable, Equatable {
    var rate = 0.001
    var clip: Float = 100
  }
  var steps = 3000
  var batchSize = 16
  var discount: Double = 1
  var isPixels = false
  var name = "a"
  var layers = [64, 64]
  var limit: Int?
  var horizons: [Int]? = [15]
  var gradient = Gradient.dynamics
  var optimizer = Optimizer()

  static func preset(_ preset: Preset) -> Settings { Settings(steps: preset == .smoke ? 10 : 3000) }

  func validate() throws {
    try require(.atLeast(1), ["steps": steps, "batchSize": batchSize])
    try require(.between(0, 1), ["discount": discount])
    try require(.above(0), ["optimizer.rate": optimizer.rate])
    try require(layers.count < 4, "layers must be fewer than 4, not \(layers.count)")
  }
}

@Suite struct ConfigurationTests {
  @Test func everyKindOfSettingIsSet() throws {
    let settings = try Settings.preset(.smoke).setting([
      "batchSize=1_024", "discount=0.99", "isPixels=true", "name= b=c ", "layers=[32, 16,8]", "limit=-7",
      "horizons=none", "gradient=reinforce", "optimizer.rate=3e-4", "optimizer.clip=0.1",
    ])
    var expected = Settings(steps: 10, batchSize: 1024, discount: 0.99, isPixels: true, name: "b=c")
    expected.layers = [32, 16, 8]
    expected.limit = -7
    expected.horizons = nil
    expected.gradient = .reinforce
    expected.optimizer = Settings.Optimizer(rate: 0.0003, clip: 0.1)
    #expect(settings == expected)
    #expect(try settings.setting(["limit=none", "layers=", "horizons=5"]).limit == nil)
    #expect(try settings.setting(["layers="]).layers == [])
    #expect(try settings.setting(["horizons=5,6"]).horizons == [5, 6])
    #expect(try settings.setting(["steps=1", "steps=2"]).steps == 2)
    #expect(try settings.setting([]) == settings)
  }

  @Test(arguments: [
    (
      "batch=1",
      "unknown setting 'batch': expected one of steps, batchSize, discount, isPixels, name, layers, limit, "
        + "horizons, gradient, optimizer.rate, optimizer.clip"
    ),
    (
      "optimizer=1",
      "unknown setting 'optimizer': expected one of steps, batchSize, discount, isPixels, name, layers, limit, "
        + "horizons, gradient, optimizer.rate, optimizer.clip"
    ),
    ("steps", "'steps' is no assignment: expected key=value, as in steps=1000"),
    ("steps=1.5", "steps expects a whole number, not '1.5' (it is 3000)"),
    ("steps=", "steps expects a whole number, not '' (it is 3000)"),
    ("steps=99999999999999999999", "steps expects a whole number, not '99999999999999999999' (it is 3000)"),
    ("discount=high", "discount expects a number, not 'high' (it is 1.0)"),
    ("discount=nan", "discount expects a number, not 'nan' (it is 1.0)"),
    ("optimizer.clip=1e99", "optimizer.clip expects a number, not '1e99' (it is 100.0)"),
    ("isPixels=yes", "isPixels expects true or false, not 'yes' (it is false)"),
    ("layers=64,,8", "layers expects a list, each item a whole number, not '64,,8' (it is 64,64)"),
    ("limit=many", "limit expects a whole number, or none, not 'many' (it is none)"),
    ("gradient=both", "gradient expects one of dynamics, reinforce, not 'both' (it is dynamics)"),
    ("batchSize=-3", "batchSize must be at least 1, not -3 (before: batchSize=16)"),
    ("discount=1.5", "discount must be between 0 and 1, not 1.5 (before: discount=1.0)"),
    ("discount=-0.5", "discount must be between 0 and 1, not -0.5 (before: discount=1.0)"),
    ("optimizer.rate=0", "optimizer.rate must be above 0, not 0.0 (before: optimizer.rate=0.001)"),
    ("layers=1,2,3,4", "layers must be fewer than 4, not 4 (before: layers=64,64)"),
  ])
  func aWrongAssignmentIsOneClearError(assignment: String, message: String) {
    #expect(failure { _ = try Settings.preset(.laptop).setting([assignment]) } == message)
  }

  @Test func settingsAreListedAsTheUserWouldWriteThem() throws {
    let settings = Settings()
    #expect(
      settings.settings == [
        "steps=3000", "batchSize=16", "discount=1.0", "isPixels=false", "name=a", "layers=64,64",
        "limit=none",
        "horizons=15", "gradient=dynamics", "optimizer.rate=0.001", "optimizer.clip=100.0",
      ])
    #expect(try settings.setting(settings.settings) == settings)
  }

  @Test func aPropertyThatCannotBeSetStops() async {
    await #expect(processExitsWith: .failure) { _ = Unsettable<UInt64>(value: 1).settings }
    await #expect(processExitsWith: .failure) { _ = Unsettable<[Settings]>(value: []).settings }
    await #expect(processExitsWith: .success) { _ = Unsettable<Int>(value: 1).settings }
  }
}

private struct Unsettable<Value: Codable & Sendable & Equatable>: TrainingConfiguration {
  var value: Value
  static func preset(_ preset: Preset) -> Self { fatalError("unused") }
  func validate() {}
}
