import Curriculum

/// `course reset`: one exercise back to its start.
enum ResetCommand: Command {
  static let name = "reset"
  static let usage = "<exercise> [--file]"
  static let summary = "Puts one exercise back to its start; a copy of your file is kept."
  static let options = [Option("file", nil, "restores the whole file, for one with damaged marks")]

  static func run(_ arguments: Arguments) throws -> Int32 {
    let id = try arguments.onlyExercise()
    let reset = try ExerciseReset(id, in: .current(), wholeFile: arguments.has("file"))
    let place = reset.path + (reset.line.map { ":\($0)" } ?? "")
    Page().text("\(id) is back at its start: \(place)")
    if let backup = reset.backup { Page().text("your file as it was: \(backup)") }
    return 0
  }
}
