// swift-tools-version: 6.3
import Foundation
import PackageDescription

// One manifest, a few switches from the environment (all optional):
//   COURSE_SOLUTIONS=all   grade the reference solutions instead of the learner's exercises
//   COURSE_CHAPTER=2       build the exercises and graded tests of one chapter only
//   COURSE_MINE=1          build the `course` command with the learner's chapters in it (`train --mine`)
//   COURSE_CPU=…           native (default), or another value of -march such as x86-64-v3
let environment = Context.environment
let gradesSolutions = environment["COURSE_SOLUTIONS"] == "all"
let usesOwnChapters = environment["COURSE_MINE"] == "1"

/// Chapter number and paper; `Solutions/Chapter2-DreamerV1` is module `DreamerV1`, and
/// `Exercises/Chapter2-DreamerV1` is module `Chapter2`.
let chapters = [
  (number: 0, name: "Foundations"), (number: 1, name: "WorldModels"), (number: 2, name: "DreamerV1"),
  (number: 3, name: "DreamerV2"),
]
let chosen = chapters.filter { chapter in
  environment["COURSE_CHAPTER"].map { $0 == "\(chapter.number)" } ?? true
}

// MARK: Compiler flags

/// The vector units are worth a factor of fifty in the matrix kernel; without FMA its
/// `addProduct` would become a library call per lane, so such a CPU multiplies, then adds.
func cpuSettings() -> [SwiftSetting] {
  #if arch(x86_64)
    let target = environment["COURSE_CPU"] ?? "native"
    let withoutFMA = ["x86-64", "x86-64-v2"]
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? " fma "
    let hasFMA = target == "native" ? information.contains(" fma ") : !withoutFMA.contains(target)
    let hasAVX512 = target == "native" ? information.contains(" avx512f ") : target == "x86-64-v4"
    // Square roots are vectorised only if they need not set `errno` (on macOS they never do).
    return [.unsafeFlags(["-Xcc", "-march=\(target)", "-Xcc", "-fno-math-errno"])]
      + (hasFMA ? [] : [.define("NO_FMA")]) + (hasAVX512 ? [.define("AVX512")] : [])
  #else
    return []
  #endif
}

/// Library code is optimised in debug builds too, and keeps the messages of its traps:
/// a plain `swift run course train` and `swift test` are fast.
let fast: [SwiftSetting] =
  cpuSettings() + [
    .unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))
  ]
let fixtures: [Target.Dependency] = ["Support", "Tensors", "Networks", "CourseTesting"]

// MARK: Library and command

var targets: [Target] = [
  .target(name: "Support", swiftSettings: fast),
  .target(name: "Kernels", swiftSettings: fast),
  .target(name: "Tensors", dependencies: ["Kernels"], swiftSettings: fast),
  .target(name: "Networks", dependencies: ["Kernels", "Tensors"], swiftSettings: fast),
  .target(name: "Environments", dependencies: ["Tensors"], path: "environments", swiftSettings: fast),
  .target(name: "Figures", dependencies: ["Support", "Environments"], swiftSettings: fast),
  .target(
    name: "Training", dependencies: ["Support", "Tensors", "Networks", "Environments", "Figures"],
    swiftSettings: fast),
  .target(name: "Curriculum", dependencies: ["Support"]),
  .target(name: "Benchmarks", dependencies: ["Support", "Tensors", "Networks"], swiftSettings: fast),
  .target(name: "CourseTesting", dependencies: ["Curriculum", "Tensors", "Networks"]),
  .executableTarget(
    name: "course",
    dependencies: ["Support", "Kernels", "Benchmarks", "Curriculum", "Training", "Figures", "Environments"]
      + chapters.map {
        .init(stringLiteral: usesOwnChapters ? "Chapter\($0.number)" : $0.name)
      },
    // It has no loop that takes long; optimised, it would take an eighth of the first build.
    swiftSettings: cpuSettings() + (usesOwnChapters ? [.define("MINE")] : [])),
]

// One chapter's graded tests need none of the library's: a learner would wait for them to build.
if environment["COURSE_CHAPTER"] == nil {
  targets += [
    .testTarget(name: "TensorsTests", dependencies: fixtures + ["Kernels"]),
    .testTarget(name: "NetworksTests", dependencies: fixtures + ["Kernels"]),
    .testTarget(name: "EnvironmentsTests", dependencies: fixtures + ["Environments"]),
    .testTarget(name: "FiguresTests", dependencies: ["Support", "Figures", "Environments"]),
    .testTarget(name: "TrainingTests", dependencies: fixtures + ["Training", "Environments"]),
    .testTarget(
      name: "ReferenceTests",
      dependencies: fixtures + ["Kernels", "Training", "Environments"]
        + chapters.map { .init(stringLiteral: $0.name) }),
    .testTarget(
      name: "CourseTests", dependencies: ["Support", "course", "Benchmarks", "Curriculum", "CourseTesting"]),
  ]
}

// MARK: Chapters

/// What a chapter stands on: the library, and the *references* of the chapters before it, so that a wrong answer in
/// one chapter never reaches the next.
func foundations(of chapter: Int) -> [Target.Dependency] {
  ["Support", "Curriculum", "Kernels", "Tensors", "Networks", "Environments", "Training"]
    + chapters.filter { $0.number < chapter }.map { .init(stringLiteral: $0.name) }
}

for chapter in chapters {
  targets.append(
    .target(
      name: chapter.name, dependencies: foundations(of: chapter.number),
      path: "Solutions/Chapter\(chapter.number)-\(chapter.name)",
      exclude: ["Exercises"],
      swiftSettings: fast))
}
for chapter in chosen {
  if !gradesSolutions || usesOwnChapters {
    targets.append(
      .target(
        name: "Chapter\(chapter.number)", dependencies: foundations(of: chapter.number),
        path: "Exercises/Chapter\(chapter.number)-\(chapter.name)",
        // An exercise that is still to be written leaves names unused; that is not worth a warning.
        swiftSettings: (usesOwnChapters ? fast : cpuSettings()) + [.unsafeFlags(["-suppress-warnings"])]))
  }
  targets.append(
    .testTarget(
      name: "Chapter\(chapter.number)Tests",
      dependencies: fixtures + ["Environments", "Training"]
        + chapters.filter { $0.number < chapter.number }.map { .init(stringLiteral: $0.name) }
        + [.init(stringLiteral: gradesSolutions ? chapter.name : "Chapter\(chapter.number)")],
      swiftSettings: gradesSolutions ? [.define("SOLUTIONS")] : []))
}

let package = Package(
  name: "world-models-course", platforms: [.macOS(.v15)],
  products: [.executable(name: "course", targets: ["course"])],
  targets: targets, swiftLanguageModes: [.v6])
