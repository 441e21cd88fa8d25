#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// Watch a sequence of symbols, wait, then repeat it from memory.
///
/// An episode shows `memorySize` random symbols, one a step, then nothing for `delay` steps, then
/// asks `memorySize` times for the next symbol. While it asks, all observations are the same, so
/// only memory helps: without it, every policy earns `memorySize / alphabetSize` on average.
///
/// - Observation: the symbol as a one-hot vector of `alphabetSize` numbers (all 0 when none is
///   shown), then the phase as a one-hot vector of three: watch, wait, answer (all 0 at the end).
/// - Action: `[k]`, the index of a symbol; it counts only in the answer phase.
/// - Reward: 1 for every right answer. Terminates after `2 · memorySize + delay` steps.
public struct SequenceTask: Environment {
  /// How many symbols to remember.
  public let memorySize: Int

  /// How many steps lie between the last symbol and the first answer.
  public let delay: Int

  /// How many different symbols exist.
  public let alphabetSize: Int

  /// The symbols to remember.
  private(set) var cue: [Int]

  private var episode: Episode

  /// A task that waits for its first reset.
  ///
  /// - Parameters:
  ///   - memorySize: at least 1.
  ///   - delay: at least 0.
  ///   - alphabetSize: at least 2.
  public init(memorySize: Int = 5, delay: Int = 5, alphabetSize: Int = 4) {
    precondition(memorySize >= 1, "memorySize must be at least 1, not \(memorySize)")
    precondition(delay >= 0, "delay must be at least 0, not \(delay)")
    precondition(alphabetSize >= 2, "alphabetSize must be at least 2, not \(alphabetSize)")
    self.memorySize = memorySize
    self.delay = delay
    self.alphabetSize = alphabetSize
    cue = Array(repeating: 0, count: memorySize)
    episode = Episode(limit: 2 * memorySize + delay)
  }

  /// `"sequence"`.
  public var name: String { "sequence" }

  /// The symbol and the phase, one-hot.
  public var observationSpace: Space {
    let count = alphabetSize + 3
    return .box(low: Array(repeating: 0, count: count), high: Array(repeating: 1, count: count))
  }

  /// The index of a symbol.
  public var actionSpace: Space { .discrete(alphabetSize) }

  /// True: after the last answer nothing can be earned.
  public var canTerminate: Bool { true }

  /// Exact: chance and perfect recall.
  public var anchors: ReturnAnchors {
    ReturnAnchors(random: Double(memorySize) / Double(alphabetSize), expert: Double(memorySize))
  }

  /// Starts an episode with a random sequence.
  public mutating func reset(seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return reset(cue: (0..<memorySize).map { _ in random.index(below: alphabetSize) })
  }

  /// Starts an episode with a given sequence.
  ///
  /// - Parameter cue: `memorySize` symbols from 0 to `alphabetSize` − 1.
  /// - Returns: the first observation.
  public mutating func reset(cue: [Int]) -> [Float] {
    precondition(
      cue.count == memorySize && cue.allSatisfy { 0..<alphabetSize ~= $0 },
      "a cue needs \(memorySize) symbols from 0 to \(alphabetSize - 1), got \(cue)")
    self.cue = cue
    episode.begin()
    return observation
  }

  /// Takes an answer if one is asked for, and goes on to the next symbol, wait or question.
  public mutating func step(_ action: [Float]) -> StepResult {
    let answer = choice(action, below: alphabetSize)
    let isRight = question.map { cue[$0] == answer } ?? false
    let isOver = episode.advance()
    return StepResult(observation: observation, reward: isRight ? 1 : 0, terminated: isOver)
  }

  /// Which of the symbols is asked for now, if any.
  private var question: Int? {
    let index = episode.stepCount - memorySize - delay
    return 0..<memorySize ~= index ? index : nil
  }

  private var observation: [Float] {
    var observation = [Float](repeating: 0, count: alphabetSize + 3)
    let step = episode.stepCount
    if step < memorySize {
      observation[cue[step]] = 1
      observation[alphabetSize] = 1
    } else if step < memorySize + delay {
      observation[alphabetSize + 1] = 1
    } else if question != nil {
      observation[alphabetSize + 2] = 1
    }
    return observation
  }

  /// Perfect recall; 0 while nothing is asked for.
  public func expertAction() -> [Float] { [Float(question.map { cue[$0] } ?? 0)] }
}

// MARK: Drawing

extension SequenceTask {
  /// Draws what can be seen: the symbol and the phase, never what must be remembered.
  public func render(width: Int, height: Int) -> RGBImage {
    render(observation: observation, width: width, height: height)
  }

  /// Draws the strongest symbol and the phases of an observation, the fainter the smaller its numbers.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    var canvas = Canvas(width: width, height: height, span: 2)
    let phases = observation.suffix(3).map { Double($0) }
    canvas.disc(at: Point(0, 0.15), radius: 0.72, color: .shade)
    // The answer phase opens a circle to be filled.
    canvas.disc(at: Point(0, 0.15), radius: 0.5, color: Color.shade.mixed(with: .ink, by: phases[2]))
    canvas.disc(at: Point(0, 0.15), radius: 0.44, color: .shade)
    let symbols = observation.prefix(alphabetSize)
    if let strongest = symbols.max(), let symbol = symbols.firstIndex(of: strongest), strongest > 0 {
      let color = Self.colors[symbol % Self.colors.count]
      draw(symbol, color: Color.shade.mixed(with: color, by: Double(strongest)), on: &canvas)
    }
    for (index, phase) in phases.enumerated() {
      let middle = Point(0.42 * Double(index - 1), -0.8)
      canvas.line(
        from: middle - Point(0.1, 0), to: middle + Point(0.1, 0), width: 0.14,
        color: Color.shade.mixed(with: .ink, by: phase))
    }
    return canvas.image
  }

  private static let colors: [Color] = [
    .accent, Color(0x2E86AB), Color(0xF3A712), Color(0x4C8C5B), Color(0x7B4B94), Color(0x2B3A4A),
  ]

  /// Symbol 0 is a disc, 1 a triangle, 2 a square and so on: to be told apart without colours too.
  private func draw(_ symbol: Int, color: Color, on canvas: inout Canvas) {
    let center = Point(0, 0.15)
    guard symbol > 0 else { return canvas.disc(at: center, radius: 0.44, color: color) }
    let corners = symbol + 2
    let offset = corners == 4 ? Double.pi / 4 : 0
    let outline = (0..<corners).map { corner in
      let angle = 2 * Double.pi * Double(corner) / Double(corners) + offset
      return center + 0.48 * Point(sin(angle), cos(angle))
    }
    canvas.polygon(outline, rounding: 0.04, color: color)
  }
}
