import Curriculum
import Figures
import Support

/// `course prove`: whether the checks reject what is wrong and accept what is right.
enum ProveCommand: Command {
  static let name = "prove"
  static let usage = "[chapter] [--exercise ID]"
  static let summary = "Proves that the checks reject every listed mistake and accept every alternative."
  static let options = [Option("exercise", "ID", "one exercise; may be repeated")]

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    let ids = try arguments.all("exercise").map { text in
      guard let id = ExerciseID(text) else { throw InvalidInput("'\(text)' is no exercise id such as 2.5") }
      return try course.exercise(id).id
    }
    let chapters: [Int]
    if let text = try arguments.optionalPosition() {
      guard let number = Int(text) else { throw InvalidInput("'\(text)' is no chapter's number") }
      if let other = ids.first(where: { $0.chapter != number }) {
        throw InvalidInput("exercise \(other) is not of chapter \(number)")
      }
      chapters = [try course.chapter(number).number]
    } else {
      let all = try course.chapters().filter { try !$0.exercises().isEmpty }.map(\.number)
      chapters = ids.isEmpty ? all : Set(ids.map(\.chapter)).sorted()
    }

    let start = ContinuousClock.now
    var proofs: [Proof] = []
    for chapter in chapters {
      let chosen = ids.filter { $0.chapter == chapter }
      var progress: ProgressLine?
      Terminal.write("chapter \(chapter): building all answers\n", to: .error)
      proofs += try ProofWorkspace(course, chapter: chapter).prove(chosen.isEmpty ? nil : chosen) {
        done, total in
        progress = progress ?? ProgressLine(total: total, unit: "checks")
        progress?.update(done: done)
      }
      progress?.finish()
    }
    let page = Page()
    page.text(Proof.table(proofs).joined(separator: "\n"))
    let answers = proofs.reduce(0) { $0 + ProofAnswer.all($1.exercise).count }
    let seconds = Int((ContinuousClock.now - start) / .seconds(1))
    page.line("\(proofs.count) exercises, \(answers) programs in \(seconds) s")
    return proofs.allSatisfy(\.problems.isEmpty) ? 0 : 1
  }
}
