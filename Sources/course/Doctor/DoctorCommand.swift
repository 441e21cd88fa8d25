import Curriculum
import Figures
import Foundation
import Support
import Kernels

/// `course doctor`: whether this machine is ready for the course.
enum DoctorCommand: Command {
  static let name = "doctor"
  static let usage = ""
  static let summary = "Looks at compiler, processor, memory, terminal and folders: fine, or what to do."
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard arguments.positions.isEmpty else { throw InvalidInput("usage: course doctor") }
    let findings = try diagnose(.current())
    let page = Page()
    for finding in findings {
      let (mark, style): (String, Terminal.Style) =
        switch finding.state {
        case .fine: (page.mark("✓", "+"), .green)
        case .advice: ("!", .yellow)
        case .broken: (page.mark("✗", "x"), .red)
        }
      page.text("\(mark) \(finding.name.padded(to: 10)) \(finding.text)", style)
    }
    let broken = findings.contains { $0.state == .broken }
    page.line(broken ? "Mend what is marked first." : "Ready: swift run course", .bold)
    return broken ? 1 : 0
  }

  private static func diagnose(_ course: Course) throws -> [Diagnosis] {
    let manager = FileManager.default
    let information = ProcessInfo.processInfo
    let temporary = manager.temporaryDirectory
    let space = try? manager.attributesOfFileSystem(forPath: course.root.path)[.systemFreeSize]
    let (count, problems) = try exerciseFiles(in: course)
    return [
      .compiler(compilerVersion()),
      .vectors(processor: processorVectors, build: .built),
      .cores(
        information.activeProcessorCount, threads: Threads.count,
        wish: information.environment["COURSE_THREADS"]),
      .memory(information.physicalMemory),
      .terminal(.current()),
      .folder("course", course.root.path, problem: writingProblem(in: course.root)),
      .folder("build", ".build", problem: writingProblem(in: course.root.appending(path: ".build"))),
      .folder("temporary", temporary.path, problem: writingProblem(in: temporary)),
      .disk((space as? NSNumber)?.uint64Value),
      .exercises(count, problems: problems),
    ]
  }

  private static func compilerVersion() -> String? {
    guard let scratch = try? ScratchFolder.make("doctor") else { return nil }
    defer { try? FileManager.default.removeItem(at: scratch) }
    let output = scratch.appending(path: "version")
    let swift = ChildProcess(["swift", "--version"], output: output, timeLimit: 30)
    guard (try? swift.run()) == .exited(0) else { return nil }
    return try? TextFile.read(output)
  }

  private static var processorVectors: Diagnosis.Vectors {
    #if arch(arm64)
      return .neon
    #elseif os(Linux)
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let flags = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
      return Diagnosis.Vectors(flags: Set(flags.split(separator: " ").map(String.init)))
    #else
      let names = ["avx512f", "avx2_0", "fma"].filter { name in
        var (value, size) = (Int32(0), MemoryLayout<Int32>.size)
        return sysctlbyname("hw.optional.\(name)", &value, &size, nil, 0) == 0 && value == 1
      }
      return Diagnosis.Vectors(flags: Set(names))
    #endif
  }

  /// Why no file can be made in a folder; nil if one can.
  private static func writingProblem(in folder: URL) -> String? {
    let file = folder.appending(path: ".course-doctor-\(getpid())")
    defer { try? FileManager.default.removeItem(at: file) }
    do {
      try WholeFile.write("", to: file.path)
      return nil
    } catch {
      let parts = "\(error)".split(separator: ":", maxSplits: 1)
      return parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : "\(error)"
    }
  }

  /// How many exercises there are, and what is wrong with the learner's files.
  private static func exerciseFiles(in course: Course) throws -> (count: Int, problems: [String]) {
    var (count, problems) = (0, [String]())
    for chapter in course.chapters() {
      for (file, regions) in Dictionary(grouping: try chapter.regions(), by: \.file) {
        count += regions.count
        let found = try? chapter.answer(file).regions.map(\.id)
        for region in regions where found?.contains(region.region.id) != true {
          problems.append(
            "Exercises/\(chapter.folder)/\(file) is missing or its marks are damaged: "
              + "swift run course reset \(region.region.id) --file (a copy is kept)")
        }
      }
    }
    return (count, problems.sorted())
  }
}
