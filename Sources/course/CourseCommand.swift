import Curriculum
import Figures
import Foundation
import Support

/// The table of commands, and what they have in common: usage, help and errors.
enum CourseCommand {
  static var commands: [any Command.Type] {
    [
      TestCommand.self, WatchCommand.self, HintCommand.self, SolutionCommand.self, ResetCommand.self,
      TrainCommand.self, DreamCommand.self, PlayCommand.self, AnchorsCommand.self, NotebookCommand.self,
      GenerateCommand.self,
      DoctorCommand.self, ProveCommand.self, BenchmarkCommand.self,
    ]
  }

  /// Exit code for a call that makes no sense, by the convention of sysexits.h.
  static let usageError: Int32 = 64

  static func run(_ arguments: [String]) -> Int32 {
    do {
      guard let first = arguments.first else {
        try Syllabus.show(Course.current())
        return 0
      }
      guard first != "--help", first != "help" else {
        print(overview)
        return 0
      }
      guard let command = commands.first(where: { $0.name == first }) else {
        throw InvalidInput(unknown: "command", first, expected: commands.map { $0.name })
      }
      let rest = Array(arguments.dropFirst())
      if rest.contains("--help") {
        print(help(command))
        return 0
      }
      return try command.run(Arguments(rest, for: command))
    } catch let interruption as Interrupted {
      if Terminal.current(.error).isInteractive { Terminal.write("\n", to: .error) }
      return interruption.exitCode
    } catch {
      Terminal.write("course: \(error)\n", to: .error)
      // The user's words were at fault, or else a file or a check.
      return error is InvalidInput ? usageError : 1
    }
  }

  private static var overview: String {
    let width = commands.map { $0.name.count }.max() ?? 0
    let lines = commands.map { command in
      "  " + command.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + command.summary
    }
    return
      "usage: course              the syllabus, your progress, and what to do next\n       course <command> …\n\n"
      + lines.joined(separator: "\n") + "\n\ncourse <command> --help tells more."
  }

  private static func help(_ command: any Command.Type) -> String {
    let options = command.options.map { ("--" + $0.name + ($0.value.map { " " + $0 } ?? ""), $0.summary) }
    let width = options.map(\.0.count).max() ?? 0
    let lines = options.map { "  " + $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1 }
    let details = command.details.isEmpty ? [] : ["", command.details]
    return
      (["usage: course \(command.name) \(command.usage)", "", command.summary, ""] + lines + details)
      .joined(separator: "\n")
  }
}
