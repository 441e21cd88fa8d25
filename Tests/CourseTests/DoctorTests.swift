import Figures
import Testing

@testable import course

@Suite struct DoctorTests {
  @Test func thisMachineIsReady() { #expect(CourseCommand.run(["doctor"]) == 0) }

  @Test(arguments: [
    ("Swift version 6.3.1 (swift-6.3.1-RELEASE)", Diagnosis.State.fine, "Swift 6.3.1"),
    ("Apple Swift version 6.3 (swiftlang-6.3)", .fine, "Swift 6.3"),
    ("Swift version 6.2.3", .broken, "Swift 6.2.3: install 6.3 or later (swift.org/install)"),
    ("Swift version 5.10", .broken, "Swift 5.10: install 6.3 or later (swift.org/install)"),
    ("command not found", .broken, "no 'swift' in the path: install Swift 6.3 or later (swift.org/install)"),
  ])
  func compilers(output: String, state: Diagnosis.State, text: String) {
    #expect(Diagnosis.compiler(output) == Diagnosis("compiler", state, text))
  }

  @Test func vectorUnits() {
    typealias Vectors = Diagnosis.Vectors
    #expect(Vectors(flags: ["sse2", "fma", "avx2", "avx512f"]) == .avx512)
    #expect(Vectors(flags: ["fma", "avx2_0"]) == .avx2)
    #expect(Vectors(flags: ["avx2"]) == .none && Vectors(flags: []) == .none)
    func state(_ processor: Vectors, _ build: Vectors) -> Diagnosis.State {
      Diagnosis.vectors(processor: processor, build: build).state
    }
    #expect(state(.avx512, .avx512) == .fine && state(.avx2, .avx2) == .fine && state(.neon, .neon) == .fine)
    #expect(
      state(.avx512, .avx2) == .advice && state(.avx2, .none) == .advice && state(.none, .none) == .advice)
    #expect(state(.avx2, .avx512) == .broken && state(.none, .avx2) == .broken)
  }

  @Test func coresAndMemory() {
    #expect(Diagnosis.cores(2, threads: 2, wish: nil) == Diagnosis("cores", .fine, "2 cores, 2 threads"))
    #expect(Diagnosis.cores(1, threads: 1, wish: "1") == Diagnosis("cores", .fine, "1 core, 1 thread"))
    #expect(Diagnosis.cores(2, threads: 8, wish: "8").state == .advice)
    #expect(Diagnosis.cores(2, threads: 2, wish: "all").text.contains("not 'all'"))
    #expect(Diagnosis.memory(8 << 30) == Diagnosis("memory", .fine, "8.6 GB"))
    #expect(Diagnosis.memory(2 << 30).state == .advice)
  }

  @Test func terminals() {
    let wide = Terminal(columns: 100, rows: 30, colors: .full)
    #expect(Diagnosis.terminal(wide) == Diagnosis("terminal", .fine, "100 × 30, 24-bit colours, UTF-8"))
    let narrow = Diagnosis.terminal(Terminal(columns: 40, usesUnicode: false))
    #expect(narrow.state == .advice)
    #expect(narrow.text.contains("40 × 24, no colours, ASCII; 80 columns") && narrow.text.contains("LANG="))
    #expect(Diagnosis.terminal(Terminal(isInteractive: false)).state == .fine)
  }

  @Test func foldersDiskAndExercises() {
    #expect(Diagnosis.folder("build", ".build", problem: nil).state == .fine)
    let locked = Diagnosis.folder("temporary", "/tmp", problem: "cannot write: Permission denied")
    #expect(locked.state == .broken && locked.text.hasSuffix("set TMPDIR to a folder of your own"))
    let states = [1 << 28, 1 << 30, 1 << 40].map { Diagnosis.disk(UInt64($0)).state }
    #expect(states == [.broken, .advice, .fine])
    #expect(Diagnosis.exercises(3, problems: []).state == .fine)
    #expect(Diagnosis.exercises(3, problems: ["one", "two"]).text == "one (and 1 more)")
  }
}
