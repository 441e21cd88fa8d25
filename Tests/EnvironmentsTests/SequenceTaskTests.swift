import Testing

@testable import Environments

@Suite struct SequenceTaskTests {
  /// Every cue of a task, so that an average over them is exact.
  private func allCues(of task: SequenceTask) -> [[Int]] {
    (0..<task.memorySize).reduce([[]]) { cues, _ in
      cues.flatMap { cue in (0..<task.alphabetSize).map { cue + [$0] } }
    }
  }

  private func run(_ start: SequenceTask, cue: [Int], policy: ([Float]) -> Int) -> (Float, [[Float]]) {
    var task = start
    var observations = [task.reset(cue: cue)]
    var total: Float = 0
    while true {
      let result = task.step([Float(policy(observations[observations.count - 1]))])
      total += result.reward
      observations.append(result.observation)
      if result.isLast { return (total, observations) }
    }
  }

  @Test(arguments: [(5, 5, 4), (3, 0, 2), (1, 2, 7)])
  func episodesWatchWaitAndAnswer(memorySize: Int, delay: Int, alphabetSize: Int) {
    let task = SequenceTask(memorySize: memorySize, delay: delay, alphabetSize: alphabetSize)
    let cue = (0..<memorySize).map { ($0 * 3 + 1) % alphabetSize }
    let (_, observations) = run(task, cue: cue) { _ in 0 }
    #expect(observations.count == 2 * memorySize + delay + 1)
    for (step, observation) in observations.enumerated() {
      var expected = [Float](repeating: 0, count: alphabetSize + 3)
      if step < memorySize { expected[cue[step]] = 1 }
      let phase = step < memorySize ? 0 : step < memorySize + delay ? 1 : 2
      if step < observations.count - 1 { expected[alphabetSize + phase] = 1 }
      #expect(observation == expected, "step \(step)")
    }
  }

  @Test func onlyRightAnswersInTheAnswerPhaseEarn() {
    var task = SequenceTask(memorySize: 2, delay: 1, alphabetSize: 3)
    _ = task.reset(cue: [2, 1])
    let results = [[2], [1], [2], [2], [0]].map { task.step($0) }
    #expect(results.map(\.reward) == [0, 0, 0, 1, 0])
    #expect(results.map(\.terminated) == [false, false, false, false, true])
    #expect(!results.contains { $0.truncated })
  }

  @Test func perfectRecallEarnsEverything() {
    #expect(ScriptedPolicy.expert.returns(in: SequenceTask(), episodes: 20).allSatisfy { $0 == 5 })
  }

  // A memoryless policy is a map from observations to symbols. All cues look alike while answers are
  // asked for, so such a map gives one answer throughout; each of them is exactly at chance.
  @Test func theBestMemorylessPolicyStaysAtChance() {
    let task = SequenceTask(memorySize: 4, delay: 2, alphabetSize: 3)
    let cues = allCues(of: task)
    let answerPhases = Set(cues.map { cue in run(task, cue: cue) { _ in 0 }.1.dropFirst(4) })
    #expect(answerPhases.count == 1)
    #expect(Set(answerPhases.first?.dropFirst(2).dropLast() ?? []).count == 1)
    for answer in 0..<3 {
      let returns = cues.map { cue in run(task, cue: cue) { _ in answer }.0 }
      #expect(Double(returns.reduce(0, +)) / Double(cues.count) == task.anchors.random)
    }
  }

  // Counting the steps does not help either: over all cues, each answer of each step is at chance.
  @Test func aClockDoesNotReplaceMemory() {
    let task = SequenceTask(memorySize: 3, delay: 1, alphabetSize: 4)
    let cues = allCues(of: task)
    for answers in cues {
      var total: Float = 0
      for cue in cues {
        var world = task
        _ = world.reset(cue: cue)
        for step in 0..<7 { total += world.step([Float(answers[max(step - 4, 0)])]).reward }
      }
      #expect(Double(total) / Double(cues.count) == task.anchors.random)
    }
  }

  @Test func picturesHideWhatMustBeRemembered() {
    var (first, second) = (SequenceTask(), SequenceTask())
    _ = first.reset(cue: [0, 1, 2, 3, 0])
    _ = second.reset(cue: [3, 2, 1, 0, 3])
    for step in 0..<15 {
      let isAlike = first.render(width: 32, height: 32) == second.render(width: 32, height: 32)
      #expect(isAlike == (step >= 5), "step \(step)")
      _ = (first.step([0]), second.step([0]))
    }
  }

  @Test func symbolsLookDifferent() {
    let task = SequenceTask(memorySize: 1, delay: 0, alphabetSize: 9)
    let pictures = (0..<9).map { symbol in
      var world = task
      _ = world.reset(cue: [symbol])
      return world.render(width: 64, height: 64).bytes
    }
    #expect(Set(pictures).count == 9)
  }
}
