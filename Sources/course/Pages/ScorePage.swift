import Curriculum
import Figures

/// Grades as the learner reads them.
struct ScorePage {
  let score: Score
  let course: Course
  let page: Page

  /// What is wrong with each check, then the table and what to do next.
  func show() {
    for grade in score.grades { showFindings(grade) }
    page.line()
    page.table(score.rows, flexible: 1)
    page.text(score.conclusion { Progress.place(of: $0, in: course) }.joined(separator: "\n"))
  }

  /// The table, and of what is wrong the first: all that a small window beside the editor has room for.
  func showBriefly() {
    page.table(score.rows, flexible: 1) { index in
      let grade = score.grades[index]
      return grade.isDone ? .green : grade.findingResults.first?.verdict == .notStarted ? .yellow : .red
    }
    if let grade = score.grades.first(where: { !$0.isDone }) { showFindings(grade, limit: 1) }
  }

  private func showFindings(_ grade: Score.Grade, limit: Int = .max) {
    let findings = grade.findingResults.flatMap { result in result.findings.map { (result.verdict, $0) } }
    for (verdict, finding) in findings.prefix(limit) {
      let text = finding.text.replacingOccurrences(of: course.root.path + "/", with: "")
      if verdict == .notStarted {
        page.text(text, .yellow)
      } else {
        let place = "\(course.relativePath(finding.path)):\(finding.line)"
        page.text("\(page.mark("✘", "x")) \(verdict.rawValue)  \(place)", .red)
        page.text(text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      }
    }
  }
}

extension Score.Grade {
  /// The results worth showing: one is enough for an exercise that is not started.
  fileprivate var findingResults: [CheckResult] {
    let missing = results.first { $0.verdict == .notStarted }
    return (missing.map { [$0] } ?? []) + results.filter { ![.passed, .notStarted].contains($0.verdict) }
  }
}
