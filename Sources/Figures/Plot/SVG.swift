import Foundation

/// The pieces of SVG that plots are made of.
enum SVG {
  /// A whole picture with its colours, on a surface of its own so that it is legible on any page.
  static func document(title: String, width: Int, height: Int, body: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="plot" width="\(width)" height="\(height)" \
    viewBox="0 0 \(width) \(height)" role="img"><title>\(Markup.escaped(title))</title>\
    <style>\(styleSheet)</style><rect class="surface" width="\(width)" height="\(height)" rx="8"/>\
    \(body)</svg>

    """
  }

  /// A picture inside an HTML page that holds `styleSheet` and draws the surface itself.
  static func inline(title: String, width: Int, height: Int, body: String) -> String {
    """
    <svg class="plot" viewBox="0 0 \(width) \(height)" role="img" \
    aria-label="\(Markup.escaped(title))">\(body)</svg>
    """
  }

  /// Plain rules without variables, because simple viewers know nothing else.
  static let styleSheet =
    """
    .plot text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;\
    font-variant-numeric:tabular-nums}\
    .plot text.title{font-size:14px;font-weight:600}.plot text.grid-title{font-size:17px;font-weight:600}\
    .plot .grid{stroke-width:1}.plot .line{fill:none;stroke-width:1.8;stroke-linejoin:round;\
    stroke-linecap:round}.plot .dashed{stroke-dasharray:5 4}.plot .faint{stroke-width:1;opacity:.42}\
    .plot .band{stroke:none;opacity:.16}.plot .guide{stroke-width:1.2;stroke-dasharray:2 4}\
    .plot text.halo{stroke-width:4;stroke-linejoin:round;paint-order:stroke}
    """
    + Theme.styleSheet { theme in
      """
      .plot .surface{fill:\(theme.surface)}.plot text{fill:\(theme.text)}\
      .plot text.muted{fill:\(theme.muted)}.plot text.halo{fill:\(theme.muted);stroke:\(theme.surface)}\
      .plot .grid{stroke:\(theme.line)}.plot .guide,.plot .axis{stroke:\(theme.muted)}
      """
        + theme.series.enumerated().map { ".plot .s\($0){stroke:\($1)}.plot .f\($0){fill:\($1)}" }.joined()
    }

  static func text(
    _ content: String, x: Double, y: Double, class name: String = "", anchor: String = "start"
  ) -> String {
    let anchoring = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    return content.isEmpty
      ? ""
      : "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\"\(anchoring)>"
        + "\(Markup.escaped(content))</text>"
  }

  static func line(_ name: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    """
    <line class="\(name)" x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))"/>
    """
  }

  /// A coordinate to a tenth of a pixel.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
  }

  /// About how many pixels `text` takes in letters of 12 pixels.
  static func width(of text: String) -> Double {
    text.reduce(0) { sum, letter in
      sum
        + ("iljtfr.,:;|'! ()".contains(letter)
          ? 3.9 : letter.isUppercase || "mwMW".contains(letter) ? 8.6 : 6.8)
    }
  }
}
