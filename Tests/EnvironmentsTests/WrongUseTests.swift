import Testing

@testable import Environments

/// The traps that `Environment` documents, and what is clipped instead.
@Suite struct WrongUseTests {
  @Test func steppingBeforeTheFirstResetTraps() async {
    await #expect(processExitsWith: .failure) {
      var environment = Pendulum()
      _ = environment.step([0])
    }
  }

  @Test func steppingAfterTheEndTraps() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var environment = ContinuousCartPole()
      _ = environment.reset(seed: 1)
      while true { _ = environment.step([1]) }
    }
    #expect(message(result).contains("call reset(seed:) first"))
  }

  @Test func anActionOfTheWrongSizeTraps() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var environment = Pendulum()
      _ = environment.reset(seed: 1)
      _ = environment.step([0, 0])
    }
    #expect(message(result).contains("expects an action of 1 number, got [0.0, 0.0]"))
  }

  @Test func aNaNTraps() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var environment = ContinuousCartPole()
      _ = environment.reset(seed: 1)
      _ = environment.step([.nan])
    }
    #expect(message(result).contains("not NaN"))
  }

  @Test func whatIsNoIndexTraps() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var environment = ContinuousCartPole.discrete
      _ = environment.reset(seed: 1)
      _ = environment.step([2])
    }
    #expect(message(result).contains("one index from 0 to 1, got [2.0]"))
  }

  @Test func numbersOutsideABoxAreClipped() {
    var clipped = Pendulum()
    var full = Pendulum()
    _ = clipped.reset(seed: 1)
    _ = full.reset(seed: 1)
    #expect(clipped.step([7]) == full.step([2]))
    #expect(clipped.step([-.infinity]) == full.step([-2]))
  }

  private func message(_ result: ExitTest.Result) -> String {
    String(decoding: result.standardErrorContent, as: UTF8.self)
  }
}
