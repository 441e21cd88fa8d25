import Environments
import Foundation
import Support
import Testing

@testable import Figures

struct ReportTests {
  private let report = Report(
    title: "dreamerv1 <on> pendulum", subtitle: "seed 1",
    cards: [.init("final return", "−151.2", detail: "± 82.4")],
    sections: [
      .init(
        "Learning", text: "Returns.",
        figures: [
          .init(
            .plot(Plot(title: "Curve", series: [.init("a", y: [1, 2])])), caption: "A & B", isWide: true),
          .init(.image(RGBImage(width: 2, height: 1, bytes: [1, 2, 3, 4, 5, 6]))),
          .init(
            .animation(
              [RGBImage(width: 2, height: 1, bytes: [1, 2, 3, 4, 5, 6])], framesPerSecond: 10,
              labels: ["real", "imagined"])),
          .init(.animation([], framesPerSecond: 10)),
          .init(.table(.init(headings: ["step", "note"], rows: [["1,000", "a"], ["−3", "b<"]]))),
        ])
    ],
    configuration: [("batchSize", "50")])

  @Test func holdsEverythingItself() {
    let html = report.html()
    for part in [
      "<title>dreamerv1 &lt;on&gt; pendulum</title>", "−151.2", "A &amp; B", "data:image/png;base64,",
      "data:image/gif;base64,", "<span>imagined</span>", "<td class=\"number\">−3</td><td>b&lt;</td>",
      "<dt>batchSize</dt><dd>50</dd>", "prefers-color-scheme:dark",
    ] { #expect(html.contains(part), "\(part)") }
    #expect(!html.contains("http") && !html.contains("<script"))
  }

  @Test func emptyReport() {
    let html = Report(title: "nothing", sections: []).html()
    #expect(html.contains("<h1>nothing</h1>"))
    #expect(!html.contains("<details>") && !html.contains("class=\"cards\""))
  }

  @Test func writesAndReplaces() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "deep/report.html")
    try report.write(to: file.path)
    try Report(title: "second", sections: []).write(to: file.path)
    #expect(try String(contentsOf: file, encoding: .utf8).contains("second"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path).count == 1)
  }

  @Test func aFileThatCannotBeWrittenIsOneClearLine() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try WholeFile.write("old", to: file.path)
    let below = file.appending(path: "report.html")
    let error = #expect(throws: CourseError.self) { try report.write(to: below.path) }
    #expect(error?.description == "\(below.path): cannot write: Not a directory")
    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
  }
}
