import Figures
import Foundation

/// What `course doctor` says of one thing: that it is fine, or what to do.
///
/// Each is a pure function of what was found, so that every machine is tested on any machine.
struct Diagnosis: Equatable {
  enum State {
    case fine
    /// The course works; it could be faster or look better.
    case advice
    /// The course does not work like this.
    case broken
  }

  /// A word for the first column.
  let name: String
  let state: State
  /// One line.
  let text: String

  init(_ name: String, _ state: State, _ text: String) {
    self.name = name
    self.state = state
    self.text = text
  }

  /// - Parameter output: what `swift --version` printed; nil if it could not be run.
  static func compiler(_ output: String?) -> Diagnosis {
    guard let output, let range = output.firstRange(of: "Swift version ") else {
      return Diagnosis(
        "compiler", .broken, "no 'swift' in the path: install Swift 6.3 or later (swift.org/install)")
    }
    let version = output[range.upperBound...].prefix { $0.isNumber || $0 == "." }
    let numbers = version.split(separator: ".").compactMap { Int($0) } + [0, 0]
    guard (numbers[0], numbers[1]) >= (6, 3) else {
      return Diagnosis("compiler", .broken, "Swift \(version): install 6.3 or later (swift.org/install)")
    }
    return Diagnosis("compiler", .fine, "Swift \(version)")
  }

  /// The instructions that a build of the kernels uses, or that a processor has.
  enum Vectors: Int, Comparable {
    case none, avx2, avx512, neon

    var name: String { ["vector units without FMA", "AVX2 and FMA", "AVX-512", "NEON"][rawValue] }

    static func < (left: Vectors, right: Vectors) -> Bool { left.rawValue < right.rawValue }

    /// Those that this program was built with.
    static var built: Vectors {
      #if arch(arm64)
        .neon
      #elseif AVX512
        .avx512
      #elseif NO_FMA
        .none
      #else
        .avx2
      #endif
    }

    /// - Parameter flags: the words by which an x86-64 system names what its processor can do.
    init(flags: Set<String>) {
      let has = { (names: String...) in names.contains { flags.contains($0) } }
      self = has("avx512f") ? .avx512 : has("fma") && has("avx2", "avx2_0") ? .avx2 : .none
    }
  }

  static func vectors(processor: Vectors, build: Vectors) -> Diagnosis {
    if build > processor {
      return Diagnosis(
        "vectors", .broken,
        "this build needs \(build.name), which this processor does not have: unset COURSE_CPU and build again"
      )
    }
    if build < processor {
      return Diagnosis(
        "vectors", .advice,
        "\(processor.name) is there but not used: unset COURSE_CPU and build again, training will be faster")
    }
    return build == .none
      ? Diagnosis("vectors", .advice, "no FMA in this processor: everything works, but training takes longer")
      : Diagnosis("vectors", .fine, "\(build.name), used by this build")
  }

  /// - Parameter wish: the variable `COURSE_THREADS`.
  static func cores(_ cores: Int, threads: Int, wish: String?) -> Diagnosis {
    if let wish, Int(wish).map({ $0 < 1 }) ?? true {
      return Diagnosis("cores", .advice, "COURSE_THREADS is a number from 1, not '\(wish)': \(threads) used")
    }
    let found = "\(cores) \(cores == 1 ? "core" : "cores"), \(threads) \(threads == 1 ? "thread" : "threads")"
    return threads > cores
      ? Diagnosis("cores", .advice, "\(found): more threads than cores only wait; unset COURSE_THREADS")
      : Diagnosis("cores", .fine, found)
  }

  /// - Parameter bytes: physical memory.
  static func memory(_ bytes: UInt64) -> Diagnosis {
    let size = gigabytes(bytes)
    return bytes < 3_500_000_000
      ? Diagnosis("memory", .advice, "\(size): close other programs while building, or use swift build -j 1")
      : Diagnosis("memory", .fine, size)
  }

  static func terminal(_ terminal: Terminal) -> Diagnosis {
    guard terminal.isInteractive else {
      return Diagnosis("terminal", .fine, "none here: plain text, no colours")
    }
    let colors = ["no colours", "256 colours", "24-bit colours"][terminal.colors.rawValue]
    let found =
      "\(terminal.columns) × \(terminal.rows), \(colors), \(terminal.usesUnicode ? "UTF-8" : "ASCII")"
    var advice: [String] = []
    if terminal.columns < 80 { advice.append("80 columns show all of the syllabus") }
    if !terminal.usesUnicode { advice.append("LANG=C.UTF-8 shows λ and γ as they are") }
    return advice.isEmpty
      ? Diagnosis("terminal", .fine, found)
      : Diagnosis("terminal", .advice, ([found] + advice).joined(separator: "; "))
  }

  /// - Parameters:
  ///   - name: what is kept there.
  ///   - problem: why no file can be made there; nil if one can.
  static func folder(_ name: String, _ path: String, problem: String?) -> Diagnosis {
    guard let problem else { return Diagnosis(name, .fine, "\(path) can be written") }
    let advice =
      name == "temporary"
      ? "set TMPDIR to a folder of your own" : "make it yours, or put the course into a folder of your own"
    return Diagnosis(name, .broken, "\(path): \(problem): \(advice)")
  }

  /// - Parameter bytes: free for this user; nil if the system does not tell.
  static func disk(_ bytes: UInt64?) -> Diagnosis {
    guard let bytes else { return Diagnosis("disk", .fine, "free space unknown") }
    let free = "\(gigabytes(bytes)) free"
    if bytes < 500_000_000 { return Diagnosis("disk", .broken, "\(free): a build needs at least 0.5 GB") }
    return bytes < 3_000_000_000
      ? Diagnosis("disk", .advice, "\(free): builds, proofs and runs together may take 3 GB")
      : Diagnosis("disk", .fine, free)
  }

  /// - Parameters:
  ///   - count: how many exercises there are.
  ///   - problems: files that are missing or whose marks are damaged, each with what to do.
  static func exercises(_ count: Int, problems: [String]) -> Diagnosis {
    if let first = problems.first {
      let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
      return Diagnosis("exercises", .advice, first + more)
    }
    return Diagnosis("exercises", .fine, "\(count) exercises, all files in place")
  }

  private static func gigabytes(_ bytes: UInt64) -> String {
    String(format: "%.1f GB", Double(bytes) / 1e9)
  }
}
