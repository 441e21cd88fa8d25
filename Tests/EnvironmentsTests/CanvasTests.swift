import Testing

@testable import Environments

@Suite struct CanvasTests {
  private func pixel(_ image: RGBImage, _ column: Int, _ row: Int) -> [UInt8] {
    let index = 3 * (row * image.width + column)
    return Array(image.bytes[index..<index + 3])
  }

  /// The painted area in world units, from how dark a white canvas became.
  private func area(span: Double, pixels: Int, draw: (inout Canvas) -> Void) -> Double {
    var canvas = Canvas(width: pixels, height: pixels, span: span, background: Color(0xFFFFFF))
    draw(&canvas)
    let darkness = canvas.image.bytes.reduce(0.0) { $0 + (255 - Double($1)) / 255 } / 3
    return darkness * (span / Double(pixels)) * (span / Double(pixels))
  }

  @Test(arguments: [64, 400]) func coverageAddsUpToTheArea(pixels: Int) {
    let black = Color(0)
    let disc = area(span: 4, pixels: pixels) { $0.disc(at: Point(0.1, -0.2), radius: 1, color: black) }
    #expect(abs(disc - .pi) < 0.02)
    let line = area(span: 4, pixels: pixels) {
      $0.line(from: Point(-1, -1), to: Point(1, 0.5), width: 0.4, color: black)
    }
    #expect(abs(line - (2.5 * 0.4 + .pi * 0.04)) < 0.02)
    let corners = [Point(-1, -1), Point(1, -1), Point(1, 1), Point(0, 0), Point(-1, 1)]
    let notched = area(span: 4, pixels: pixels) { $0.polygon(corners, color: black) }
    #expect(abs(notched - 3) < 0.02)
  }

  @Test func yPointsUpAndTheSpanFitsTheShorterSide() {
    var canvas = Canvas(width: 80, height: 40, span: 4, background: Color(0))
    canvas.disc(at: Point(0, 1), radius: 0.5, color: Color(0x112233))
    #expect(pixel(canvas.image, 40, 10) == [0x11, 0x22, 0x33])
    #expect(pixel(canvas.image, 40, 30) == [0, 0, 0])
  }

  @Test func whatIsOutsideOrNotFiniteDrawsNothing() {
    var canvas = Canvas(width: 8, height: 8, span: 2)
    let empty = canvas.image
    canvas.disc(at: Point(1e30, 0), radius: 1, color: .ink)
    canvas.disc(at: Point(.nan, 0), radius: 1, color: .ink)
    canvas.line(from: Point(.infinity, 0), to: .zero, width: 1, color: .ink)
    canvas.polygon([], color: .ink)
    #expect(canvas.image == empty)
  }
}
