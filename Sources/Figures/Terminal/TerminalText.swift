/// Fitting plain text (without escape sequences) into a number of columns.
extension Terminal {
  /// `text` with what this terminal cannot show replaced: control characters by blanks, and in an ASCII
  /// locale common typographic characters by their look-alikes, all others by `?`.
  public func showable(_ text: String) -> String {
    var result = ""
    for character in text {
      if character.unicodeScalars.allSatisfy({ $0.value < 32 || $0.value == 127 }) {
        result += " "
      } else if usesUnicode || character.isASCII {
        result.append(character)
      } else {
        result += Self.lookAlikes[character] ?? "?"
      }
    }
    return result
  }

  /// The beginning of `text` in at most `width` columns; an ellipsis marks what was cut.
  public func truncated(_ text: String, to width: Int) -> String {
    if Self.width(of: text) <= width { return text }
    let ellipsis = usesUnicode ? "…" : "..."
    let room = width - Self.width(of: ellipsis)
    if room <= 0 { return String(text.prefix(max(0, width)).filter { Self.width(of: $0) == 1 }) }
    var result = ""
    var used = 0
    for character in text {
      used += Self.width(of: character)
      if used > room { break }
      result.append(character)
    }
    return result + ellipsis
  }

  /// `text` cut or filled with blanks to exactly `width` columns.
  public func fitted(_ text: String, to width: Int) -> String {
    let cut = truncated(text, to: width)
    return cut + String(repeating: " ", count: max(0, width - Self.width(of: cut)))
  }

  /// The columns that `text` takes.
  public static func width(of text: String) -> Int {
    text.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default:
      return character.unicodeScalars.contains { $0.value == 0xFE0F } ? 2 : 1
    }
  }

  private static let lookAlikes: [Character: String] = [
    "−": "-", "–": "-", "—": "-", "·": "-", "…": "...", "×": "x", "±": "+-", "→": "->", "≤": "<=",
    "≥": ">=", "✓": "ok", "✗": "x", "•": "*", "’": "'", "“": "\"", "”": "\"", "█": "#", "░": ".",
    "─": "-", "━": "=", "│": "|", "λ": "lambda", "π": "pi", "θ": "theta",
    "γ": "gamma", "σ": "sigma", "✔": "ok", "✘": "x", "●": "*", "○": ".", "⏎": "/", "′": "'",
  ]
}
