/// Curves over a common axis, drawn as an SVG picture that reads well in light and dark surroundings.
///
/// ```swift
/// let plot = Plot(
///   title: "Learning curve", xLabel: "environment steps", yLabel: "return",
///   series: [.init("DreamerV1", x: steps, y: means, band: .init(mean: means, deviation: deviations))],
///   guides: [.init("expert", at: -147)])
/// try plot.svg().write(toFile: "curve.svg", atomically: true, encoding: .utf8)
/// ```
/// Values that are not finite (or not positive on a logarithmic axis) leave a gap.
public struct Plot: Sendable {
  /// The region between two curves, such as mean ± standard deviation.
  public struct Band: Sendable {
    /// The lower edge at every x.
    public var lower: [Double]
    /// The upper edge at every x.
    public var upper: [Double]

    /// The region from `lower` to `upper`, which have as many values as the series.
    public init(lower: [Double], upper: [Double]) {
      self.lower = lower
      self.upper = upper
    }

    /// The region of `deviation` on both sides of `mean`.
    public init(mean: [Double], deviation: [Double]) {
      self.init(lower: zip(mean, deviation).map(-), upper: zip(mean, deviation).map(+))
    }
  }

  /// How a series is drawn.
  public enum Style: Sendable {
    /// A line.
    case solid
    /// A dashed line, such as for a prediction.
    case dashed
    /// A thin, pale line behind the others, such as for values before smoothing.
    case faint
    /// Separate points.
    case points
  }

  /// One curve.
  public struct Series: Sendable {
    /// What the legend says.
    public var name: String
    /// Positions, as many as `y`.
    public var x: [Double]
    /// Values.
    public var y: [Double]
    /// A region around the curve.
    public var band: Band?
    /// How it is drawn.
    public var style: Style
    /// The place in the palette; nil takes the place in the plot.
    ///
    /// Equal places draw pairs that belong together, such as real and predicted, in one colour.
    public var color: Int?

    /// A curve through `y` at `x`, or at 0, 1, 2, … where `x` is left out.
    public init(
      _ name: String, x: [Double]? = nil, y: [Double], band: Band? = nil, style: Style = .solid,
      color: Int? = nil
    ) {
      self.name = name
      self.x = x ?? y.indices.map(Double.init)
      self.y = y
      self.band = band
      self.style = style
      self.color = color
      precondition(self.x.count == y.count, "series '\(name)' has \(self.x.count) x but \(y.count) y")
      precondition(
        band.map { $0.lower.count == y.count && $0.upper.count == y.count } ?? true,
        "the band of series '\(name)' needs \(y.count) values on each edge")
    }
  }

  /// A level that the curves are compared with.
  public struct Guide: Sendable {
    /// What is written at the line.
    public var name: String
    /// The height of the line.
    public var value: Double

    /// A horizontal line at `value`.
    public init(_ name: String, at value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What stands above the plot.
  public var title: String
  /// What stands below the horizontal axis.
  public var xLabel: String
  /// What stands above the vertical axis.
  public var yLabel: String
  /// The curves; may be empty.
  public var series: [Series]
  /// Levels to compare with.
  public var guides: [Guide]
  /// Whether the vertical axis has equal factors at equal distances.
  public var isLogarithmic: Bool

  /// A plot of `series`.
  public init(
    title: String, xLabel: String = "", yLabel: String = "", series: [Series], guides: [Guide] = [],
    isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.guides = guides
    self.isLogarithmic = isLogarithmic
  }

  /// The picture as the text of an SVG file.
  ///
  /// - Parameters:
  ///   - width: the width in pixels; letters keep their size.
  ///   - height: the height in pixels.
  public func svg(width: Int = 720, height: Int = 320) -> String {
    SVG.document(title: title, width: width, height: height, body: drawing(width: width, height: height))
  }

  /// The mean of each value and up to `window - 1` values before it; values that are not finite count for
  /// nothing.
  public static func smoothed(_ values: [Double], window: Int) -> [Double] {
    precondition(window > 0, "a smoothing window holds at least 1 value, not \(window)")
    return values.indices.map { index in
      let known = values[max(0, index - window + 1)...index].filter(\.isFinite)
      return known.isEmpty ? .nan : known.reduce(0) { $0 + $1 / Double(known.count) }
    }
  }
}

/// Several plots as one picture, in rows from the left.
public struct PlotGrid: Sendable {
  /// What stands above all plots; may be empty.
  public var title: String
  /// The plots.
  public var plots: [Plot]
  /// Plots in a row.
  public var columns: Int

  /// Small multiples, `columns` to a row.
  public init(title: String = "", plots: [Plot], columns: Int = 2) {
    precondition(columns > 0, "a grid of plots needs at least 1 column, not \(columns)")
    self.title = title
    self.plots = plots
    self.columns = columns
  }

  /// The picture as the text of an SVG file.
  ///
  /// - Parameters:
  ///   - width: the width of the whole picture in pixels.
  ///   - plotHeight: the height of each plot in pixels.
  public func svg(width: Int = 960, plotHeight: Int = 240) -> String {
    let top = title.isEmpty ? 0 : 44
    let used = max(1, min(columns, plots.count))
    let rows = (plots.count + used - 1) / used
    var body = title.isEmpty ? "" : SVG.text(title, x: 16, y: 30, class: "grid-title")
    for (index, plot) in plots.enumerated() {
      let (column, row) = (index % used, index / used)
      body += """
        <svg x="\(column * width / used)" y="\(top + row * plotHeight)" width="\(width / used)" \
        height="\(plotHeight)">\(plot.drawing(width: width / used, height: plotHeight))</svg>
        """
    }
    let height = top + max(1, rows) * plotHeight
    return SVG.document(title: title, width: width, height: height, body: body)
  }
}
