import Foundation

extension Plot {
  /// The inside of the picture, from (0, 0) to (`width`, `height`).
  func drawing(width: Int, height: Int) -> String {
    let frame = Frame(of: self, width: Double(width), height: Double(height))
    return frame.headings + (frame.isEmpty ? frame.emptiness : frame.axes + frame.content)
  }

  func inlineSVG(width: Int, height: Int) -> String {
    SVG.inline(title: title, width: width, height: height, body: drawing(width: width, height: height))
  }
}

/// Where the parts of one plot go.
private struct Frame {
  let plot: Plot
  let width: Double
  let height: Double
  let x: Axis
  let y: Axis
  let left: Double
  let top: Double
  var plotWidth: Double { max(1, width - left - 18) }
  var plotHeight: Double { max(1, height - top - (plot.xLabel.isEmpty ? 28 : 46)) }
  private let legend: [(x: Double, row: Int, series: Int)]
  private let rowHeight = 18.0

  init(of plot: Plot, width: Double, height: Double) {
    self.plot = plot
    self.width = width
    self.height = height
    let shown = plot.series.flatMap { series in
      zip(series.x, series.y).enumerated().filter { plot.isShown($1.0, $1.1) }.map { index, point in
        (x: point.0, y: [point.1, series.band?.lower[index], series.band?.upper[index]].compactMap { $0 })
      }
    }
    let heights = (shown.flatMap(\.y) + plot.guides.map(\.value)).filter { plot.isShown(0, $0) }
    let count = max(2, Int((height - 20) / 45))
    let y =
      plot.isLogarithmic
      ? Axis(logarithmicCovering: heights, count: count)
      : Axis(covering: heights, count: count, isRounded: true)
    let labels = y.ticks.map { SVG.width(of: y.label($0)) }
    self.y = y
    let left = 16 + (labels.max() ?? 0) + 8
    self.left = left
    x = Axis(covering: shown.map(\.x), count: Int(max(2, (width - left) / 90)), isRounded: false)

    // The legend flows to the right of the y label, in as many rows as it needs.
    var entries: [(x: Double, row: Int, series: Int)] = []
    var (position, row) = (16 + (plot.yLabel.isEmpty ? 0 : SVG.width(of: plot.yLabel) + 24), 0)
    for (index, series) in plot.series.enumerated() where plot.series.count > 1 {
      let needed = 24 + SVG.width(of: series.name) + 16
      if position + needed > width, position > 16 { (position, row) = (16, row + 1) }
      entries.append((position, row, index))
      position += needed
    }
    legend = entries
    let hasRow = !plot.yLabel.isEmpty || !entries.isEmpty
    top = (plot.title.isEmpty ? 8 : 34) + (hasRow ? Double(row + 1) * rowHeight + 10 : 6)
  }

  private func place(_ value: Double, _ height: Double) -> (x: Double, y: Double) {
    (x.position(value) * plotWidth, (1 - y.position(height)) * plotHeight)
  }

  private func color(of index: Int) -> Int { (plot.series[index].color ?? index) % Theme.light.series.count }

  /// Where colours repeat, dashes tell the series apart.
  private func lineClass(of index: Int) -> String {
    let isRepeated = plot.series[index].color == nil && index >= Theme.light.series.count
    switch plot.series[index].style {
    case .dashed: return "line dashed s\(color(of: index))"
    case .faint: return "line faint s\(color(of: index))"
    case .solid, .points: return "line\(isRepeated ? " dashed" : "") s\(color(of: index))"
    }
  }

  // MARK: Parts

  var isEmpty: Bool { !plot.series.contains { zip($0.x, $0.y).contains(where: plot.isShown) } }

  var emptiness: String {
    SVG.text("no data yet", x: width / 2, y: (top + height) / 2, class: "muted", anchor: "middle")
  }

  var headings: String {
    let base = plot.title.isEmpty ? 20.0 : 46
    var result = SVG.text(plot.title, x: 16, y: 26, class: "title")
    result += SVG.text(plot.yLabel, x: 16, y: base + 2, class: "muted")
    for entry in legend {
      let middle = base - 2 + Double(entry.row) * rowHeight
      result +=
        plot.series[entry.series].style == .points
        ? dot(entry.x + 8, middle, entry.series)
        : SVG.line(lineClass(of: entry.series), entry.x, middle, entry.x + 16, middle)
      result += SVG.text(plot.series[entry.series].name, x: entry.x + 22, y: middle + 4)
    }
    return result
  }

  var axes: String {
    let bottom = top + plotHeight
    var result = ""
    for tick in y.ticks {
      let position = top + (1 - y.position(tick)) * plotHeight
      result += SVG.line("grid", left, position, left + plotWidth, position)
      result += SVG.text(y.label(tick), x: left - 8, y: position + 4, class: "muted", anchor: "end")
    }
    result += SVG.line("axis", left, bottom, left + plotWidth, bottom)
    for tick in x.ticks {
      let position = left + x.position(tick) * plotWidth
      let label = x.label(tick)
      // The outermost labels stay inside the picture.
      let half = SVG.width(of: label) / 2
      let centre = min(max(position, half + 2), width - half - 2)
      result += SVG.line("axis", position, bottom, position, bottom + 4)
      result += SVG.text(label, x: centre, y: bottom + 19, class: "muted", anchor: "middle")
    }
    return result
      + SVG.text(plot.xLabel, x: left + plotWidth / 2, y: bottom + 38, class: "muted", anchor: "middle")
  }

  /// Curves in a picture of their own, which cuts off what leaves the axes.
  var content: String {
    let order = plot.series.indices.sorted { isBehind($0) && !isBehind($1) }
    return """
      <svg x="\(SVG.number(left))" y="\(SVG.number(top - 2))" width="\(SVG.number(plotWidth + 4))" \
      height="\(SVG.number(plotHeight + 4))" viewBox="0 -2 \(SVG.number(plotWidth + 4)) \
      \(SVG.number(plotHeight + 4))">\(order.map(band).joined())\(guideLines)\
      \(order.map(curve).joined())\(guideNames)</svg>
      """
  }

  private func isBehind(_ index: Int) -> Bool {
    if case .faint = plot.series[index].style { true } else { false }
  }

  private var guides: [(name: String, y: Double)] {
    plot.guides.filter { plot.isShown(0, $0.value) }.map {
      ($0.name, (1 - y.position($0.value)) * plotHeight)
    }
  }

  private var guideLines: String { guides.map { SVG.line("guide", 0, $0.y, plotWidth, $0.y) }.joined() }

  private var guideNames: String {
    // Above its line, or below where that would leave the plot.
    guides.map {
      SVG.text($0.name, x: plotWidth - 4, y: $0.y < 13 ? $0.y + 15 : $0.y - 5, class: "halo", anchor: "end")
    }
    .joined()
  }

  private func dot(_ x: Double, _ y: Double, _ index: Int) -> String {
    "<circle class=\"f\(color(of: index))\" cx=\"\(SVG.number(x))\" cy=\"\(SVG.number(y))\" r=\"2.6\"/>"
  }

  private func band(_ index: Int) -> String {
    let series = plot.series[index]
    guard let band = series.band else { return "" }
    let runs = plot.runs(of: series) { plot.isShown(0, band.lower[$0]) && plot.isShown(0, band.upper[$0]) }
    return runs.filter { $0.count > 1 }.map { run in
      let upper = thinned(run, band.upper).map { place(series.x[$0], band.upper[$0]) }
      let lower = thinned(run, band.lower).reversed().map { place(series.x[$0], band.lower[$0]) }
      return "<path class=\"band f\(color(of: index))\" d=\"\(path(upper + lower))Z\"/>"
    }.joined()
  }

  private func curve(_ index: Int) -> String {
    let series = plot.series[index]
    return plot.runs(of: series) { _ in true }.map { run in
      if series.style == .points || run.count == 1 {
        return run.map { place(series.x[$0], series.y[$0]) }.map { dot($0.x, $0.y, index) }.joined()
      }
      let points = thinned(run, series.y).map { place(series.x[$0], series.y[$0]) }
      return "<path class=\"\(lineClass(of: index))\" d=\"\(path(points))\"/>"
    }.joined()
  }

  private func path(_ points: [(x: Double, y: Double)]) -> String {
    "M" + points.map { "\(SVG.number($0.x)) \(SVG.number($0.y))" }.joined(separator: "L")
  }

  /// At most two of `run` for each pixel, the least and the greatest, so that long curves stay small files
  /// and no peak is lost.
  private func thinned(_ run: Range<Int>, _ values: [Double]) -> [Int] {
    let groups = Int(plotWidth)
    if run.count <= 2 * groups { return Array(run) }
    let inner = (0..<groups).flatMap { group -> [Int] in
      let start = run.lowerBound + group * run.count / groups
      let part = start..<run.lowerBound + (group + 1) * run.count / groups
      let least = part.min { values[$0] < values[$1] } ?? start
      let greatest = part.max { values[$0] < values[$1] } ?? start
      return least == greatest ? [least] : [min(least, greatest), max(least, greatest)]
    }
    return [run.lowerBound] + inner + [run.upperBound - 1]
  }
}

extension Plot {
  /// Whether a point can be drawn.
  ///
  /// Magnitudes whose differences could overflow count as not finite.
  fileprivate func isShown(_ x: Double, _ y: Double) -> Bool {
    abs(x) < 1e300 && abs(y) < 1e300 && (!isLogarithmic || y > 1e-300)
  }

  /// The stretches of indices without a gap.
  fileprivate func runs(of series: Series, where isKnown: (Int) -> Bool) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start: Int?
    for index in series.y.indices {
      if isShown(series.x[index], series.y[index]) && isKnown(index) {
        start = start ?? index
      } else if let first = start {
        result.append(first..<index)
        start = nil
      }
    }
    return result + (start.map { [$0..<series.y.count] } ?? [])
  }
}
