import Testing

@testable import Environments

/// The traps that `Environment` documents, in every environment and wrapper, and what is clipped instead.
@Suite(.serialized) struct WrongUseTests {
  @Test(arguments: Subject.all.map(\.number))
  func steppingBeforeTheFirstResetTraps(number: Int) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [number] in
      var environment = Subject.all[number].make()
      _ = environment.step(environment.expertAction())
    }
    #expect(message(result).contains("call reset(seed:) first"))
  }

  @Test(arguments: Subject.all.map(\.number))
  func steppingAfterTheEndTraps(number: Int) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [number] in
      var environment = Subject.all[number].make()
      _ = environment.reset(seed: 1)
      while true { _ = environment.step(environment.expertAction()) }
    }
    #expect(message(result).contains("call reset(seed:) first"))
  }

  @Test(arguments: Subject.all.map(\.number))
  func anActionOfTheWrongSizeTraps(number: Int) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [number] in
      var environment = Subject.all[number].make()
      _ = environment.reset(seed: 1)
      _ = environment.step(environment.expertAction() + [0])
    }
    #expect(message(result).contains("step(_:) expects an action of"))
  }

  @Test(arguments: Subject.all.map(\.number))
  func aNaNTraps(number: Int) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [number] in
      var environment = Subject.all[number].make()
      _ = environment.reset(seed: 1)
      _ = environment.step(environment.expertAction().map { _ in .nan })
    }
    #expect(message(result).contains("step(_:) expects an action of"))
  }

  @Test(arguments: [-1, 0.5, 2, 1e30] as [Float])
  func whatIsNoIndexTraps(action: Float) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [action] in
      var environment = ContinuousCartPole.discrete
      _ = environment.reset(seed: 1)
      _ = environment.step([action])
    }
    #expect(message(result).contains("expects an action of one index from 0 to 1, got [\(action)]"))
  }

  @Test(arguments: Subject.all)
  func numbersOutsideABoxAreClipped(subject: Subject) {
    guard case .box(let low, let high) = subject.make().actionSpace else { return }
    for (outside, edge) in [(high.map { $0 + 5 }, high), (low.map { _ in -.infinity }, low)] {
      var (clipped, exact) = (subject.make(), subject.make())
      _ = (clipped.reset(seed: 1), exact.reset(seed: 1))
      #expect(clipped.step(outside) == exact.step(edge))
    }
  }

  private func message(_ result: ExitTest.Result) -> String {
    String(decoding: result.standardErrorContent, as: UTF8.self)
  }
}
