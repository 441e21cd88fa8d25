// swift-tools-version: 6.3
import PackageDescription

// A course of one small chapter. The tests of the course's tools copy it beside the real `Sources/`, and
// build it there; CONTRIBUTING.md uses it as the example of how an exercise is written.
let gradesSolutions = Context.environment["COURSE_SOLUTIONS"] == "all"
let libraries: [Target.Dependency] = ["Support", "Curriculum", "Tensors", "Networks"]

let package = Package(
  name: "sample-course", platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Support"),
    .target(name: "Kernels"),
    .target(name: "Tensors", dependencies: ["Kernels"]),
    .target(name: "Networks", dependencies: ["Kernels", "Tensors"]),
    .target(name: "Curriculum", dependencies: ["Support"]),
    .target(name: "CourseTesting", dependencies: libraries),
    gradesSolutions
      ? .target(
        name: "Sample", dependencies: ["Curriculum"], path: "Solutions/Chapter9-Sample",
        exclude: ["Exercises"])
      : .target(name: "Chapter9", dependencies: ["Curriculum"], path: "Exercises/Chapter9-Sample"),
    .testTarget(
      name: "Chapter9Tests", dependencies: ["CourseTesting", gradesSolutions ? "Sample" : "Chapter9"],
      swiftSettings: gradesSolutions ? [.define("SOLUTIONS")] : []),
  ],
  swiftLanguageModes: [.v6])
