import Environments
import Foundation
import Support
import Testing

@testable import course

struct PlayTests {
  private func player(_ name: String, runs: String = "no-such-folder") throws -> Player {
    try Player(named: name, for: .pendulum, seed: 4, runs: runs)
  }

  @Test(arguments: ScriptedPolicy.allCases)
  func scriptedPlayersPlayWhatTheAnchorsAreMeasuredWith(policy: ScriptedPolicy) throws {
    let player = try player(policy.rawValue)
    var environment = Pendulum()
    var observation = environment.reset(seed: 4)
    var total = 0.0
    while true {
      let result = environment.step(player.act(environment, observation))
      observation = result.observation
      total += Double(result.reward)
      if result.isLast { break }
    }
    #expect(total == policy.episodeReturn(in: Pendulum(), seed: 4))
  }

  @Test func unknownPlayersAreOneLineWithTheValidOnes() {
    let error = #expect(throws: InvalidInput.self) { try player("doom") }
    #expect(
      error?.description
        == "--policy is expert, random or a run; no run 'doom': there are no runs in no-such-folder yet")
  }

  @Test(arguments: [
    ["play", "doom"], ["play"], ["play", "pendulum", "--policy", "doom"],
    ["play", "pendulum", "--size", "5"],
    ["play", "pendulum", "--size", "2001"], ["play", "pendulum", "--steps", "0"],
    ["play", "pendulum", "--seed", "-1"], ["anchors", "doom"], ["notebook", "doom"],
  ])
  func callsThatMakeNoSenseExitWith64(words: [String]) {
    #expect(CourseCommand.run(words) == 64)
  }

  @Test func aFilmIsWritten() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "film.gif")
    let words = [
      "play", "sequence", "--policy", "random", "--steps", "3", "--size", "16", "--gif", file.path,
    ]
    #expect(CourseCommand.run(words) == 0)
    let bytes = try Data(contentsOf: file)
    #expect(bytes.starts(with: Data("GIF89a".utf8) + [16, 0, 16, 0]))
    #expect(CourseCommand.run(words.dropLast() + [folder.url.path]) == 1)
  }
}
