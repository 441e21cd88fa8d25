import Foundation
import Testing

@testable import Figures

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of an XML text by name and class; nil if it is not well formed.
private func elements(of xml: String) -> [String: Int]? {
  final class Counter: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let kind = attributes["class"].flatMap { $0.split(separator: " ").first } ?? ""
      counts["\(name).\(kind)", default: 0] += 1
    }
  }
  let counter = Counter()
  let parser = XMLParser(data: Data(xml.utf8))
  parser.delegate = counter
  return parser.parse() ? counter.counts : nil
}

struct PlotTests {
  private func plot(_ y: [Double], isLogarithmic: Bool = false, band: Plot.Band? = nil) -> Plot {
    Plot(title: "A", series: [.init("a", y: y, band: band)], isLogarithmic: isLogarithmic)
  }

  @Test func wellFormedWithEveryPart() throws {
    let plot = Plot(
      title: "Return <\"&\u{1}>", xLabel: "environment steps", yLabel: "return",
      series: [
        .init("mean & deviation", y: [1, 2, 3], band: .init(mean: [1, 2, 3], deviation: [1, 1, 1])),
        .init("faint", y: [3, 2, 1], style: .faint), .init("dots", y: [2, 2, 2], style: .points),
      ], guides: [.init("expert", at: 9)])
    let counts = try #require(elements(of: plot.svg()))
    #expect(counts["path.band"] == 1)
    #expect(counts["path.line"] == 2)
    #expect(counts["line.guide"] == 1)
    #expect(counts["circle.f2"] == 4)
    #expect(counts["text.title"] == 1)
    #expect(plot.svg().contains("Return &lt;&quot;&amp;&gt;"))
  }

  @Test func legibleInLightAndDark() {
    let svg = plot([1, 2]).svg()
    #expect(svg.contains("@media (prefers-color-scheme:dark)"))
    #expect(svg.contains(Theme.light.series[0]) && svg.contains(Theme.dark.series[0]))
    for theme in [Theme.light, .dark] {
      for color in theme.series { #expect(contrast(color, theme.surface) >= 3, "\(color)") }
      for color in [theme.text, theme.muted] {
        #expect(min(contrast(color, theme.surface), contrast(color, theme.page)) >= 4.5, "\(color)")
      }
    }
  }

  @Test func gapsOnePointAndNothing() throws {
    let gap = try #require(elements(of: plot([1, 2, .nan, 3, 4, .infinity, 5]).svg()))
    #expect(gap["path.line"] == 2)
    #expect(gap["circle.f0"] == 1)
    #expect(elements(of: plot([7]).svg())?["circle.f0"] == 1)
    for empty in [plot([]), plot([.nan]), Plot(title: "A", series: [])] {
      #expect(empty.svg().contains("no data yet"))
      #expect(elements(of: empty.svg())?["line.grid"] == nil)
    }
    let logarithmic = try #require(elements(of: plot([1, 10, 0, -3, 10, 100], isLogarithmic: true).svg()))
    #expect(logarithmic["path.line"] == 2)
    let band = Plot.Band(lower: [0, 0, .nan, 0, 0], upper: [2, 2, 2, 2, 2])
    let counts = try #require(elements(of: plot([1, 1, 1, 1, 1], band: band).svg()))
    #expect(counts["path.band"] == 2)
    #expect(counts["path.line"] == 1)
  }

  @Test(arguments: [
    [0, 0, 0], [Double.leastNonzeroMagnitude, 0], [1e15, 1e15 + 1e-3], [-1e299, 1e299], [1e308, 1], [-3, -3],
    [1e-12, 2e-12],
  ])
  func extremeValues(y: [Double]) throws {
    for isLogarithmic in [false, true] {
      let svg = plot(y, isLogarithmic: isLogarithmic).svg()
      #expect(elements(of: svg) != nil)
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test func longCurvesStaySmallAndKeepTheirPeaks() {
    var y = [Double](repeating: 0, count: 1_000_000)
    y[123_457] = 100
    let svg = plot(y).svg()
    #expect(svg.utf8.count < 30_000)
    // The peak is the upper end of the axis: the top of the inner picture.
    #expect(svg.firstMatch(of: /L[\d.]+ 0L/) != nil)
  }

  @Test func anySizeIsDrawn() {
    for (width, height) in [(1, 1), (80, 40), (380, 260), (3000, 2000)] {
      #expect(elements(of: plot([1, 2, 3]).svg(width: width, height: height)) != nil)
    }
  }

  @Test func grid() throws {
    let plots = (0..<5).map { plot([Double($0), 1]) }
    let counts = try #require(elements(of: PlotGrid(title: "Losses", plots: plots, columns: 3).svg()))
    #expect(counts["text.title"] == 5)
    #expect(counts["text.grid-title"] == 1)
    #expect(elements(of: PlotGrid(plots: []).svg()) != nil)
  }

  @Test func smoothing() {
    #expect(Plot.smoothed([1, 3, .nan, 5], window: 2) == [1, 2, 3, 5])
    #expect(Plot.smoothed([.nan, 4], window: 1).last == 4)
    #expect(Plot.smoothed([.nan], window: 3)[0].isNaN)
  }

  /// The contrast ratio of WCAG 2 between two colours.
  private func contrast(_ first: String, _ second: String) -> Double {
    func luminance(_ color: String) -> Double {
      let value = Int(color.dropFirst(), radix: 16)!
      let channels = [value >> 16, value >> 8 & 255, value & 255].map { component -> Double in
        let share = Double(component) / 255
        return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
    let ordered = [luminance(first), luminance(second)].sorted()
    return (ordered[1] + 0.05) / (ordered[0] + 0.05)
  }
}

struct AxisTests {
  private func labels(_ values: [Double], count: Int = 5, isRounded: Bool = true) -> [String] {
    let axis = Axis(covering: values, count: count, isRounded: isRounded)
    return axis.ticks.map(axis.label)
  }

  @Test func roundMarks() {
    #expect(labels([0, 1]) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels([-4.2, 4.9], count: 4) == ["−5.0", "−2.5", "0", "2.5", "5.0"])
    #expect(labels([-1_800, -100]) == ["−2,000", "−1,500", "−1,000", "−500", "0"])
    #expect(labels([0, 3_000], isRounded: false) == ["0", "1,000", "2,000", "3,000"])
    #expect(labels([0, 2.4e6]) == ["0", "0.5M", "1M", "1.5M", "2M", "2.5M"])
    #expect(labels([0, 0.0011]) == ["0", "0.00025", "0.00050", "0.00075", "0.00100", "0.00125"])
    #expect(labels([0, 2e-9]) == ["0", "5e−10", "1e−09", "1.5e−09", "2e−09"])
  }

  @Test func logarithmicMarks() {
    func labels(_ values: [Double], count: Int = 5) -> [String] {
      let axis = Axis(logarithmicCovering: values, count: count)
      return axis.ticks.map(axis.label)
    }
    #expect(labels([1, 900]) == ["1", "10", "100"])
    #expect(labels([2, 9]) == ["2", "5"])
    #expect(labels([1e-6, 1]) == ["10⁻⁶", "10⁻⁴", "0.01", "1"])
    #expect(labels([1, 1e8]) == ["1", "100", "10,000", "10⁶", "10⁸"])
    #expect(labels([]).count >= 2)
  }

  @Test func everyRangeIsCoveredWithAFewMarks() {
    for exponent in -12...12 {
      for (low, high) in [(0.0, 1.0), (-3.7, 8.1), (1.01, 1.02), (-9, -2), (3, 3)] {
        let scale = pow(10, Double(exponent))
        let axis = Axis(covering: [low * scale, high * scale], count: 6, isRounded: true)
        #expect(axis.position(low * scale) > -1e-9 && axis.position(high * scale) < 1 + 1e-9)
        #expect((2...13).contains(axis.ticks.count), "\(low) \(high) \(exponent): \(axis.ticks)")
        #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count, "\(axis.ticks.map(axis.label))")
        #expect(axis.ticks.allSatisfy { (-1e-6...1 + 1e-6).contains(axis.position($0)) })
      }
    }
  }
}
