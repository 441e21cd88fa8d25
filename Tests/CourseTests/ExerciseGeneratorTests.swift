import Curriculum
import Foundation
import Testing

@Suite struct ExerciseGeneratorTests {
  let file = "Exercises/Chapter9-Sample/Returns.swift"
  let solution = "Solutions/Chapter9-Sample/Returns.swift"

  @Test func regionsBecomeTodos() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let generator = ExerciseGenerator(course: try folder.course)
    #expect(try generator.generate() == .init(written: [file]))
    let text = try folder.read(file)
    #expect(
      text.contains(
        """
          // BEGIN EXERCISE 9.1: replace the next line; for help: course hint 9.1
          todo("9.1")
          // END EXERCISE 9.1
        }
        """))
    #expect(
      text.contains(
        """
          // BEGIN EXERCISE 9.3: find the bug; for help: course hint 9.3
          findTheBug("9.3")  // delete this line when you have mended the code below
          var weights: [Float] = []
          var weight: Float = 1
          for _ in 0..<count {
            weight *= discount
        """))
    #expect(!text.contains("SOLUTION") && !text.contains("reduce"))
    #expect(try generator.problems() == [])
    #expect(try generator.generate() == .init())
  }

  @Test func updatesWhatNobodyTouched() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let generator = ExerciseGenerator(course: try folder.course)
    _ = try generator.generate()
    try folder.replace("The mean of the squares", with: "The mean square", in: solution)
    #expect(try generator.problems() == ["\(file): differs from what would be generated"])
    #expect(try generator.generate() == .init(written: [file]))
    #expect(try folder.read(file).contains("The mean square"))
  }

  @Test func neverOverwritesALearnersWork() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let generator = ExerciseGenerator(course: try folder.course)
    _ = try generator.generate()
    try folder.replace("todo(\"9.1\")", with: "return 42", in: file)
    for _ in 1...2 {
      try folder.replace("/// ", with: "/// And: ", in: solution)
      #expect(try generator.generate() == .init(kept: [file]))
      #expect(try folder.read(file).contains("return 42"))
    }
  }

  @Test func withoutARecordExistingFilesAreKept() throws {
    let folder = try TemporaryFolder.sampleCourse()
    try folder.write("mine", to: file)
    #expect(try ExerciseGenerator(course: folder.course).generate() == .init(kept: [file]))
    #expect(try folder.read(file) == "mine")
  }

  @Test func removesWhatLostItsSolution() throws {
    let folder = try TemporaryFolder.sampleCourse()
    try folder.write("// nothing\n", to: "Solutions/Chapter9-Sample/More.swift")
    let generator = ExerciseGenerator(course: try folder.course)
    _ = try generator.generate()
    try FileManager.default.removeItem(at: folder.url.appending(path: "Solutions/Chapter9-Sample/More.swift"))
    #expect(try generator.problems() == ["Exercises/Chapter9-Sample/More.swift: has no solution"])
    #expect(try generator.generate() == .init(removed: ["Exercises/Chapter9-Sample/More.swift"]))
    #expect(try generator.problems() == [])
  }

  @Test func findsLeakedLines() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let leak = "/// Hint: return squares.reduce(0, +) / Float(values.count)"
    try folder.write(leak + "\n" + folder.read(solution), to: solution)
    let generator = ExerciseGenerator(course: try folder.course)
    _ = try generator.generate()
    #expect(
      try generator.problems() == [
        "\(file):1: shows a line of solution 9.1 (\(solution):10): "
          + "return squares.reduce(0, +) / Float(values.count)"
      ])
  }

  @Test func reportsMissingFilesAndMetadata() throws {
    let folder = try TemporaryFolder.sampleCourse()
    try FileManager.default.removeItem(
      at: folder.url.appending(path: "Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md"))
    #expect(
      try ExerciseGenerator(course: folder.course).problems() == [
        "\(file): missing",
        "exercise 9.1 has a region but no file Solutions/Chapter9-Sample/Exercises/9.1-….md",
      ])
  }

  @Test func anUnwritableFolderIsOneClearLine() throws {
    let folder = try TemporaryFolder.sampleCourse()
    try folder.write("a file where a folder should be", to: "Exercises")
    #expect {
      try ExerciseGenerator(course: folder.course).generate()
    } throws: { error in
      "\(error)".hasPrefix(folder.url.path + "/Exercises") && !"\(error)".contains("\n")
    }
  }
}

@Suite struct ExerciseResetTests {
  let file = "Exercises/Chapter9-Sample/Returns.swift"
  let id = ExerciseID("9.2")!

  func startedCourse() throws -> TemporaryFolder {
    let folder = try TemporaryFolder.sampleCourse()
    _ = try ExerciseGenerator(course: folder.course).generate()
    try folder.replace("todo(\"9.1\")", with: "return 1\n  // mine", in: file)
    try folder.replace("todo(\"9.2\")", with: "return 2", in: file)
    return folder
  }

  @Test func restoresOneStubAndKeepsACopy() throws {
    let folder = try startedCourse()
    let before = try folder.read(file)
    let reset = try ExerciseReset(id, in: folder.course)
    let after = try folder.read(file)
    #expect(after.contains("return 1") && after.contains("todo(\"9.2\")") && !after.contains("return 2"))
    #expect(reset.path == file)
    let line = try #require(reset.line)
    #expect(after.split(separator: "\n", omittingEmptySubsequences: false)[line - 1] == "  todo(\"9.2\")")
    #expect(try folder.read(#require(reset.backup)) == before)
    #expect(reset.backup == "Exercises/.backups/Chapter9-Sample/Returns-9.2.swift")
    #expect(try ExerciseReset(id, in: folder.course).backup?.hasSuffix("Returns-9.2-2.swift") == true)
  }

  @Test func aBugComesBack() throws {
    let folder = try startedCourse()
    try folder.replace("    weight *= discount\n", with: "", in: file)
    let bug = try #require(ExerciseID("9.3"))
    let course = try folder.course
    #expect(Progress(course).state(of: bug) == .notStarted)
    try folder.replace("  findTheBug(\"9.3\")", with: "  ", in: file)
    #expect(Progress(course).state(of: bug) == .changed)
    _ = try ExerciseReset(bug, in: course)
    #expect(Progress(course).state(of: bug) == .notStarted)
    #expect(try folder.read(file).contains("    weight *= discount\n    weights.append(weight)\n"))
  }

  @Test func damagedMarksNeedTheWholeFile() throws {
    let folder = try startedCourse()
    try folder.replace("// BEGIN EXERCISE 9.2", with: "//", in: file)
    let before = try folder.read(file)
    #expect { try ExerciseReset(id, in: folder.course) } throws: { error in
      "\(error)".hasPrefix("\(file):") && "\(error)".contains("course reset 9.2 --file")
    }
    #expect(try folder.read(file) == before)
    let reset = try ExerciseReset(id, in: folder.course, wholeFile: true)
    #expect(try ExerciseGenerator(course: folder.course).problems() == [])
    #expect(try folder.read(#require(reset.backup)) == before)
  }

  @Test func bringsBackADeletedFile() throws {
    let folder = try startedCourse()
    try FileManager.default.removeItem(at: folder.url.appending(path: file))
    #expect(try ExerciseReset(id, in: folder.course).backup == nil)
    #expect(try ExerciseGenerator(course: folder.course).problems() == [])
  }
}
