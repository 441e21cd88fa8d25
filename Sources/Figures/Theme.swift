/// The colours of plots and reports, once for light and once for dark surroundings.
///
/// The series colours start from the palette of Okabe and Ito (2008), which stays apart for every kind of
/// colour blindness, moved so that each has a contrast of at least 3:1 on its surface.
struct Theme {
  let page: String
  let surface: String
  let text: String
  let muted: String
  let line: String
  let series: [String]

  static let light = Theme(
    page: "#f6f5f2", surface: "#ffffff", text: "#1d2733", muted: "#626d79", line: "#e4e5e8",
    series: ["#0f6fb8", "#d2571b", "#0b8a64", "#b05a97", "#9c6d00", "#566573"])

  static let dark = Theme(
    page: "#14181d", surface: "#1c2229", text: "#e6eaee", muted: "#97a3af", line: "#313a44",
    series: ["#5ab0f0", "#ff9157", "#3cc79a", "#e39acb", "#e0b040", "#a9b8c6"])

  /// `rules` for light, and again for dark where the reader prefers it.
  static func styleSheet(_ rules: (Theme) -> String) -> String {
    rules(light) + "@media (prefers-color-scheme:dark){" + rules(dark) + "}"
  }
}

/// Text that goes into HTML and SVG.
enum Markup {
  /// `text` with the letters replaced that mean something in HTML and XML, and without the control
  /// characters that XML forbids.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      default:
        if scalar.value >= 32 && scalar.value != 0xFFFE && scalar.value != 0xFFFF {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}
