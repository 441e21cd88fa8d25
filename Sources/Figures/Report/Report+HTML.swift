import Environments
import Foundation

extension Report {
  /// The page as the text of an HTML file.
  public func html() -> String {
    let head = subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(Markup.escaped(subtitle))</p>"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Markup.escaped(title))</title>
      <style>\(SVG.styleSheet)\(Self.styleSheet)</style>
      </head>
      <body>
      <header><h1>\(Markup.escaped(title))</h1>\(head)</header>
      <main>
      \(cards.isEmpty ? "" : "<div class=\"cards\">\(cards.map(Self.html).joined())</div>")
      \(sections.map(Self.html).joined(separator: "\n"))
      \(settings)
      </main>
      </body>
      </html>

      """
  }

  private static func html(_ card: Card) -> String {
    """
    <div class="card"><div class="label">\(Markup.escaped(card.label))</div>\
    <div class="value">\(Markup.escaped(card.value))</div>\
    <div class="detail">\(Markup.escaped(card.detail))</div></div>
    """
  }

  private static func html(_ section: Section) -> String {
    let text = section.text.isEmpty ? "" : "<p>\(Markup.escaped(section.text))</p>"
    return """
      <section><h2>\(Markup.escaped(section.title))</h2>\(text)
      <div class="figures">\(section.figures.map(html).joined(separator: "\n"))</div></section>
      """
  }

  private static func html(_ figure: Figure) -> String {
    let caption = figure.caption.isEmpty ? "" : "<figcaption>\(Markup.escaped(figure.caption))</figcaption>"
    return """
      <figure\(figure.isWide ? " class=\"wide\"" : "")>\
      \(html(figure.content, isWide: figure.isWide, caption: figure.caption))\(caption)</figure>
      """
  }

  private static func html(_ content: Content, isWide: Bool, caption: String) -> String {
    switch content {
    case .plot(let plot):
      // Letters of a picture shrink with it, so a narrow page gets a drawing of its own.
      let narrow = plot.inlineSVG(width: 380, height: 260)
      return isWide
        ? "<div class=\"on-wide\">\(plot.inlineSVG(width: 960, height: 340))</div>"
          + "<div class=\"on-narrow\">\(narrow)</div>"
        : plot.inlineSVG(width: 440, height: 265)
    case .image(let image):
      return html(
        PNG.encode(image), kind: "png", width: image.width, height: image.height, labels: [], caption)
    case .animation(let frames, let framesPerSecond, let labels):
      guard let first = frames.first else { return "" }
      return html(
        GIF.encode(frames, framesPerSecond: framesPerSecond), kind: "gif", width: first.width,
        height: first.height, labels: labels, caption)
    case .table(let table):
      return html(table)
    }
  }

  private static func html(
    _ bytes: [UInt8], kind: String, width: Int, height: Int, labels: [String], _ caption: String
  ) -> String {
    // Small pictures are shown larger, with sharp pixels.
    let scale = max(1, 420 / width)
    let names = labels.map { "<span>\(Markup.escaped($0))</span>" }.joined()
    return """
      <div class="picture" style="max-width:\(width * scale)px">\
      \(labels.isEmpty ? "" : "<div class=\"labels\">\(names)</div>")\
      <img alt="\(Markup.escaped(caption))" width="\(width * scale)" height="\(height * scale)"\
      \(scale > 1 ? " class=\"pixels\"" : "") \
      src="data:image/\(kind);base64,\(Data(bytes).base64EncodedString())"></div>
      """
  }

  private static func html(_ table: Table) -> String {
    let isNumeric = table.headings.indices.map { column in
      !table.rows.isEmpty
        && table.rows.allSatisfy { row in row[column].first.map { "-−+0123456789–".contains($0) } ?? true }
    }
    func cells(_ row: [String], _ tag: String) -> String {
      zip(row, isNumeric).map { text, isNumeric in
        "<\(tag)\(isNumeric ? " class=\"number\"" : "")>\(Markup.escaped(text))</\(tag)>"
      }.joined()
    }
    return """
      <div class="table"><table><thead><tr>\(cells(table.headings, "th"))</tr></thead><tbody>\
      \(table.rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined())</tbody></table></div>
      """
  }

  private var settings: String {
    let rows = configuration.map {
      "<div><dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd></div>"
    }
    return rows.isEmpty
      ? "" : "<details><summary>Configuration</summary><dl>\(rows.joined())</dl></details>"
  }

  private static let styleSheet =
    """
    *{box-sizing:border-box}html{-webkit-text-size-adjust:100%}\
    body{margin:0 auto;max-width:1080px;padding:40px 28px 64px;\
    font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}\
    h1{font-size:26px;line-height:1.25;letter-spacing:-.01em;margin:0;overflow-wrap:anywhere}\
    h2{font-size:18px;margin:44px 0 2px}p{margin:4px 0 0;max-width:76ch;text-wrap:pretty}.subtitle{font-size:15px}\
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px;margin-top:28px}\
    .card,figure,details{border:1px solid;border-radius:10px}.card{padding:14px 16px}\
    .label,.detail{font-size:13px}.detail{min-height:1.5em}\
    .value{font-size:24px;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}\
    .figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px;margin-top:14px}\
    figure{display:flex;flex-direction:column;margin:0;padding:6px 6px 12px;min-width:0}figure.wide{grid-column:1/-1}\
    figcaption{font-size:13px;padding:4px 10px 0 16px;margin-top:auto}.plot{display:block;width:100%;height:auto}\
    .on-narrow{display:none}.picture{width:100%;margin:auto;padding:0 10px}\
    .picture img{display:block;width:100%;height:auto;border-radius:6px}.pixels{image-rendering:pixelated}\
    .labels{display:flex;font-size:13px;text-align:center;padding-bottom:4px}.labels span{flex:1}\
    .table{overflow-x:auto;padding:6px 10px}table{border-collapse:collapse;width:100%;font-size:14px;\
    font-variant-numeric:tabular-nums}th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid}\
    tr:last-child td{border-bottom:0}th{font-weight:600;font-size:13px}.number{text-align:right}\
    details{margin-top:44px;padding:12px 16px}summary{cursor:pointer;font-weight:600}\
    dl{columns:2;column-gap:40px;margin:12px 0 4px;font-size:13px}\
    dl div{display:flex;justify-content:space-between;gap:16px;break-inside:avoid;padding:3px 0}\
    dt,dd{margin:0;overflow-wrap:anywhere}dd{text-align:right;font-variant-numeric:tabular-nums}\
    @media (max-width:760px){body{padding:24px 14px 40px}.figures{grid-template-columns:minmax(0,1fr)}\
    .on-wide{display:none}.on-narrow{display:block}dl{columns:1}h1{font-size:22px}\
    .cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.value{font-size:20px}}
    """
    + Theme.styleSheet { theme in
      """
      body{background:\(theme.page);color:\(theme.text)}\
      .card,figure,details{background:\(theme.surface);border-color:\(theme.line)}\
      th,td{border-color:\(theme.line)}\
      p,.label,.detail,figcaption,.labels,th,dt{color:\(theme.muted)}
      """
    }
}
