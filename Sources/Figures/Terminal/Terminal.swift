import Foundation

/// What the receiving end of a text stream can show: its width, its letters and its colours.
///
/// Everything that is printed is formatted by pure functions of a `Terminal`, so that narrow windows,
/// plain files, ASCII locales and `NO_COLOR` are all tested without a terminal.
public struct Terminal: Sendable, Equatable {
  /// How many colours may be used.
  public enum ColorDepth: Int, Sendable, Comparable {
    /// No escape sequences at all.
    case none
    /// The 256 colours of xterm.
    case indexed
    /// 24-bit colours.
    case full

    /// Orders by the number of colours.
    public static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }
  }

  /// The two streams of a process that people read.
  public enum Stream: Int32, Sendable {
    /// Results.
    case output = 1
    /// Progress and errors.
    case error = 2
  }

  /// Characters that fit on one line, at least 1.
  public var columns: Int

  /// Lines that fit below each other, at least 1.
  public var rows: Int

  /// Whether a line can be rewritten; false for files, pipes and `TERM=dumb`.
  public var isInteractive: Bool

  /// Whether letters beyond ASCII can be shown.
  public var usesUnicode: Bool

  /// How many colours may be used.
  public var colors: ColorDepth

  /// A terminal with given abilities.
  public init(
    columns: Int = 80, rows: Int = 24, isInteractive: Bool = true, usesUnicode: Bool = true,
    colors: ColorDepth = .none
  ) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
    self.isInteractive = isInteractive
    self.usesUnicode = usesUnicode
    self.colors = colors
  }

  /// The abilities that the environment variables announce.
  ///
  /// - Parameters:
  ///   - environment: `LC_ALL`, `LC_CTYPE`, `LANG` (in this order) tell the letters, `TERM`,
  ///     `COLORTERM` and `NO_COLOR` the colours, `COLUMNS` and `LINES` the size where the device does not
  ///     know it.
  ///   - isTerminal: whether the stream is a terminal, not a file or a pipe.
  ///   - columns: the width of the device, if it has one.
  ///   - rows: its height.
  public init(environment: [String: String], isTerminal: Bool, columns: Int?, rows: Int? = nil) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").lowercased()
    let kind = value("TERM") ?? "dumb"
    let isInteractive = isTerminal && kind != "dumb"
    let hasFullColor = ["truecolor", "24bit"].contains(value("COLORTERM") ?? "")
    self.init(
      columns: columns ?? value("COLUMNS").flatMap(Int.init) ?? 80,
      rows: rows ?? value("LINES").flatMap(Int.init) ?? 24,
      isInteractive: isInteractive,
      usesUnicode: locale.contains("utf-8") || locale.contains("utf8"),
      colors: !isInteractive || value("NO_COLOR") != nil ? .none : hasFullColor ? .full : .indexed)
  }

  /// The terminal behind `stream` as it is now; ask again after the window may have changed.
  public static func current(_ stream: Stream = .output) -> Terminal {
    var size = winsize()
    let isKnown = ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return Terminal(
      environment: ProcessInfo.processInfo.environment, isTerminal: isatty(stream.rawValue) == 1,
      columns: isKnown ? Int(size.ws_col) : nil, rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : nil)
  }

  /// Writes `text` as it is.
  ///
  /// A stream that was closed is ignored: nobody is left to tell.
  public static func write(_ text: String, to stream: Stream = .output) {
    let handle = stream == .output ? FileHandle.standardOutput : FileHandle.standardError
    try? handle.write(contentsOf: Data(text.utf8))
  }
}

// MARK: Styles

extension Terminal {
  /// An emphasis that is left out where there are no colours.
  public enum Style: Int, Sendable {
    /// Headings.
    case bold = 1
    /// What may be overlooked.
    case dim = 2
    /// Failures.
    case red = 31
    /// Success.
    case green = 32
    /// Warnings, and what is not started.
    case yellow = 33
    /// What to type or look at next.
    case cyan = 36
  }

  /// `text` in `style`, or unchanged where there are no colours.
  public func styled(_ text: String, _ style: Style) -> String {
    colors == .none || text.isEmpty ? text : "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}
