import Environments
import Testing
import Training

@testable import course

@Suite struct CommandTests {
  @Test(arguments: [
    "tset", "test", "test x", "test 77", "test 2.77", "test 2 3", "test 2 --jason", "test 2 --limit 0",
    "test 2 --limit", "hint", "hint 2", "hint 2.77", "solution 2", "reset 2", "generate now",
    "generate --chekc", "prove x", "prove 77", "prove 2 --exercise x", "train", "train nobody",
    "train dreamerv1 --environment doom", "train dreamerv1 --preset desktop", "train worldmodels --steps 60",
  ])
  func callsThatMakeNoSenseExitWith64(call: String) {
    #expect(CourseCommand.run(call.split(separator: " ").map(String.init)) == 64)
  }

  @Test(arguments: CourseCommand.commands.map { $0.name })
  func everyCommandHasHelp(name: String) {
    #expect(CourseCommand.run([name, "--help"]) == 0)
  }

  @Test func argumentsAreSorted() throws {
    let arguments = try Arguments(["2", "--limit", "5", "--json", "--limit=7"], for: TestCommand.self)
    #expect(arguments.positions == ["2"] && arguments.has("json") && !arguments.has("solutions"))
    #expect(try arguments.integer("limit", atLeast: 1) == 7)
    #expect(arguments.all("limit") == ["5", "7"])
  }

  @Test func errorsNameWhatIsValid() {
    #expect {
      try Arguments(["--exercise"], for: ProveCommand.self)
    } throws: {
      "\($0)" == "--exercise needs a value: --exercise ID"
    }
    #expect {
      try Arguments(["--all"], for: GenerateCommand.self)
    } throws: {
      "\($0)" == "unknown option '--all' of generate: it takes --check"
    }
    #expect {
      try Preset(named: "desktop", "preset")
    } throws: {
      "\($0)" == "unknown preset 'desktop': expected one of laptop, paper, smoke"
    }
    #expect {
      try BundledEnvironment(named: "doom", "environment")
    } throws: {
      "\($0)".hasPrefix("unknown environment 'doom': expected one of cartpole, cartpole-discrete, ")
    }
  }
}
