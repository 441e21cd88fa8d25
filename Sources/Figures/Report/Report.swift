import Environments
import Support

/// A page that tells what a run did: one HTML file that needs nothing beside it.
///
/// ```swift
/// let report = Report(
///   title: "dreamerv1 on pendulum", subtitle: "seed 1, laptop preset",
///   cards: [.init("final return", "-151 ± 82", detail: "50 episodes")],
///   sections: [.init("Losses", figures: losses.map { .plot($0) })],
///   configuration: [("batchSize", "50")])
/// try report.write(to: "runs/dreamerv1-pendulum-seed1/report.html")
/// ```
public struct Report: Sendable {
  /// A headline figure.
  public struct Card: Sendable {
    /// What the value is.
    public var label: String
    /// The value, as it is shown.
    public var value: String
    /// A few words below the value.
    public var detail: String

    /// A headline figure.
    public init(_ label: String, _ value: String, detail: String = "") {
      self.label = label
      self.value = value
      self.detail = detail
    }
  }

  /// Rows of text below a row of headings.
  public struct Table: Sendable {
    /// The headings of the columns.
    public var headings: [String]
    /// The rows, each with one text for each heading.
    ///
    /// Columns of numbers are set to the right.
    public var rows: [[String]]

    /// A table.
    public init(headings: [String], rows: [[String]]) {
      precondition(
        rows.allSatisfy { $0.count == headings.count },
        "every row of the table needs \(headings.count) cells")
      self.headings = headings
      self.rows = rows
    }
  }

  /// Something to look at.
  public enum Content: Sendable {
    /// Curves, drawn anew for wide and for narrow pages.
    case plot(Plot)
    /// A still picture.
    case image(RGBImage)
    /// A film, and what stands above its equal parts from the left, such as `["real", "imagined"]`.
    case animation([RGBImage], framesPerSecond: Double, labels: [String] = [])
    /// Numbers.
    case table(Table)
  }

  /// A piece of content with its caption.
  public struct Figure: Sendable {
    /// What is shown.
    public var content: Content
    /// A sentence that tells what to see; may be empty.
    public var caption: String
    /// Whether it takes the whole width of the page, not half of it.
    public var isWide: Bool

    /// A figure of half the page's width, or all of it.
    public init(_ content: Content, caption: String = "", isWide: Bool = false) {
      self.content = content
      self.caption = caption
      self.isWide = isWide
    }
  }

  /// Figures under a heading.
  public struct Section: Sendable {
    /// The heading.
    public var title: String
    /// A paragraph below the heading; may be empty.
    public var text: String
    /// The figures, which flow from the left.
    public var figures: [Figure]

    /// A section.
    public init(_ title: String, text: String = "", figures: [Figure]) {
      self.title = title
      self.text = text
      self.figures = figures
    }
  }

  /// The heading of the page.
  public var title: String
  /// A line below the title.
  public var subtitle: String
  /// Headline figures.
  public var cards: [Card]
  /// The body of the page.
  public var sections: [Section]
  /// Names and values of the settings, folded away at the end.
  public var configuration: [(name: String, value: String)]

  /// A page.
  public init(
    title: String, subtitle: String = "", cards: [Card] = [], sections: [Section],
    configuration: [(name: String, value: String)] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.cards = cards
    self.sections = sections
    self.configuration = configuration
  }

  /// Writes the page; a failure leaves an older one untouched.
  ///
  /// - Throws: `CourseError` naming the file and the reason.
  public func write(to path: String) throws {
    try WholeFile.write(html(), to: path)
  }
}
